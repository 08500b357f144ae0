// Reading text as HTML: whether a browser's rules would see anything but the text itself.

// Named characters that HTML has known from the beginning and reads even without their semicolon.
const withoutSemicolon = [
  "AElig AMP Aacute Acirc Agrave Aring Atilde Auml COPY Ccedil ETH Eacute Ecirc Egrave Euml GT Iacute Icirc Igrave",
  "Iuml LT Ntilde Oacute Ocirc Ograve Oslash Otilde Ouml QUOT REG THORN Uacute Ucirc Ugrave Uuml Yacute aacute acirc",
  "acute aelig agrave amp aring atilde auml brvbar ccedil cedil cent copy curren deg divide eacute ecirc egrave eth",
  "euml frac12 frac14 frac34 gt iacute icirc iexcl igrave iquest iuml laquo lt macr micro middot nbsp not ntilde",
  "oacute ocirc ograve ordf ordm oslash otilde ouml para plusmn pound quot raquo reg sect shy sup1 sup2 sup3 szlig",
  "thorn times uacute ucirc ugrave uml uuml yacute yen yuml",
];

// The rest of HTML 4's, which need it. HTML 5 has two thousand more: those are left to Altinn.
const withSemicolon = [
  "Alpha Beta Chi Dagger Delta Epsilon Eta Gamma Iota Kappa Lambda Mu Nu OElig Omega Omicron Phi Pi Prime Psi Rho",
  "Scaron Sigma Tau Theta Upsilon Xi Yuml Zeta alefsym alpha and ang apos asymp bdquo beta bull cap chi circ clubs",
  "cong crarr cup dArr dagger darr delta diams empty emsp ensp epsilon equiv eta euro exist fnof forall frasl gamma ge",
  "hArr harr hearts hellip image infin int iota isin kappa lArr lambda lang larr lceil ldquo le lfloor lowast loz lrm",
  "lsaquo lsquo mdash minus mu nabla ndash ne ni notin nsub nu oelig oline omega omicron oplus or otimes part permil",
  "perp phi pi piv prime prod prop psi rArr radic rang rarr rceil rdquo real rfloor rho rlm rsaquo rsquo sbquo scaron",
  "sdot sigma sigmaf sim spades sub sube sum sup supe tau there4 theta thetasym thinsp tilde trade uArr uarr upsih",
  "upsilon weierp xi zeta zwj zwnj",
];

const names = (lists: readonly string[]): string => lists.join(" ").split(" ").join("|");
const reference = new RegExp(
  `&(?:#[0-9]|#[xX][0-9a-fA-F]|(?:${names(withoutSemicolon)})|(?:${names(withSemicolon)});)`,
);

/**
 * Whether an HTML reader would see a tag, a comment or a character reference in a text. What looks like one to people
 * only (`a < b`, `<3`, `R&D`, `&unknown;`) does not count.
 */
export function changesAsHtml(text: string): boolean {
  // After < a letter begins a tag; a slash and anything the end of one or a comment; ! and ? begin a comment.
  // White space at the end is dropped before.
  return /<(?:[a-z!?]|\/[\s\S])/i.test(text.trimEnd()) || reference.test(text);
}
