// The error of a page that is asked for by a token that is none. In a file of its own, so that whoever catches it need not
// load what finds letters.

/** The token of another query, or none of ours. */
export class WrongToken extends Error {
  override readonly name = "WrongToken";
}
