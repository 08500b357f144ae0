// What the dashboard says of letters that the organisation receives, in each language.
import type { ReceivedWords } from "./words.ts";

export const receivedEn: ReceivedWords = {
  nav: "Received letters",
  within: "Heard of within the last seven days",
  waitsNow: "Wait now, from whenever",
  oldest: "The oldest since",
  missing: "Without some of their files",
  find: "Find received letters",
  label: "Sender, reference or id",
  hint: "The sender's organisation number, their reference, or Altinn's id of the letter, whole.",
  none: "No received letter is known by this.",
  letter: "Received letter",
  about: "About the letter",
  sentBy: "Sent by",
  due: "To be read or confirmed by",
  asked: "Asked for",
  failures: "Attempts in a row that failed",
  refused: "Refused",
  refusals: {
    purged: "it is deleted at Altinn",
    refused: "Altinn refuses it",
    altinnKeepsFailing: "Altinn failed for as long as it was tried",
  },
  files: "Files",
  file: "File",
  bytes: "Bytes",
  stored: "Stored",
  statuses: {
    waiting: "Waits to be stored",
    received: "Stored and told",
    read: "Marked as read",
    confirmed: "Confirmed",
    purged: "Deleted at Altinn",
    notReceived: "Could not be received",
  },
  steps: {
    waiting: "The app heard of it",
    received: "Stored, and told on received-correspondence",
    read: "Marked as read at Altinn",
    confirmed: "Confirmed at Altinn",
    purged: "Deleted at Altinn",
    notReceived: "It was told that it can not be received",
  },
  problems: {
    expired: "it has expired at Altinn",
    purged: "it was deleted at Altinn",
    unknown: "Altinn does not know it",
    refused: "Altinn does not let us have it",
    checksumMismatch: "it is not what its checksum says",
    altinnKeepsFailing: "Altinn failed for as long as it was tried",
  },
  reasons: {
    purged: {
      name: "It was deleted at Altinn before it could be received",
      advice: "Ask its sender for it, if it is missed.",
    },
    notAuthorised: {
      name: "Altinn does not let us read it",
      advice: "May the organisation read on its resource? Run: npm run altinn -- doctor",
    },
    altinnKeepsFailing: {
      name: "Altinn failed for as long as it was tried",
      advice: "Ask its sender for it, or look for it in Altinn's own inbox.",
    },
  },
  askedFor: { read: "mark as read", confirm: "confirm", purge: "delete at Altinn" },
  advice: {
    waiting: "Nothing: its turn comes.",
    failing: "It failed, and is tried again by itself. If it stays so, run: npm run altinn -- doctor",
    missing: (missing, all) => `${missing} of ${all} files could not be had: ask its sender for them.`,
    asked: "What is asked for is done by itself, and told.",
    refused:
      "Something that was asked for was refused: see below why. Altinn's code 1026 means that it is to be confirmed first.",
    take: "Take it from correspondence-inbox: what it says is there, and not here.",
    purged: "Nothing: it is gone at Altinn. What was stored is here as long as the inbox keeps it.",
  },
  waitsLong: ({ letters, seconds }, { number, duration }) => ({
    name: `${number(letters)} received ${letters === 1 ? "letter waits" : "letters wait"}, the oldest for ${duration(seconds)}`,
    advice: "They can not be had from Altinn, or stored. Run: npm run altinn -- doctor",
  }),
  actions: {
    readReceived: {
      button: "Mark as read",
      title: "Mark this letter as read?",
      willDo: "Its sender sees at Altinn that your organisation has read it. That can not be undone.",
      done: "It is asked for. What came of it shows here in some seconds.",
    },
    confirmReceived: {
      button: "Confirm",
      title: "Confirm this letter?",
      willDo:
        "Your organisation confirms to its sender that it has got the letter, which may have legal effect. That can not be undone.",
      done: "It is asked for. What came of it shows here in some seconds.",
    },
    purgeReceived: {
      button: "Delete at Altinn",
      title: "Delete this letter at Altinn for good?",
      willDo:
        "The letter is removed at Altinn. What is stored here stays. Altinn refuses it while a confirmation is due.",
      done: "It is asked for. What came of it shows here in some seconds.",
    },
  },
  queues: {
    receipts: "Letters to receive",
    "receipts-poison": "Letters to receive that failed five times",
    "received-correspondence": "News of received letters that nobody has taken yet",
  },
};

export const receivedNb: ReceivedWords = {
  nav: "Mottatte brev",
  within: "Kjent for appen de siste sju dagene",
  waitsNow: "Venter nå, uansett alder",
  oldest: "Det eldste siden",
  missing: "Mangler noen av filene",
  find: "Finn mottatte brev",
  label: "Avsender, referanse eller id",
  hint: "Avsenderens organisasjonsnummer, referansen deres eller brevets id hos Altinn, i sin helhet.",
  none: "Ingen mottatte brev er kjent under dette.",
  letter: "Mottatt brev",
  about: "Om brevet",
  sentBy: "Sendt av",
  due: "Skal leses eller bekreftes innen",
  asked: "Bedt om",
  failures: "Forsøk på rad som feilet",
  refused: "Avvist",
  refusals: {
    purged: "det er slettet i Altinn",
    refused: "Altinn avviser det",
    altinnKeepsFailing: "Altinn feilet så lenge det ble prøvd",
  },
  files: "Filer",
  file: "Fil",
  bytes: "Byte",
  stored: "Lagret",
  statuses: {
    waiting: "Venter på å bli lagret",
    received: "Lagret og kunngjort",
    read: "Merket som lest",
    confirmed: "Bekreftet",
    purged: "Slettet i Altinn",
    notReceived: "Kunne ikke mottas",
  },
  steps: {
    waiting: "Appen fikk vite om det",
    received: "Lagret, og kunngjort på received-correspondence",
    read: "Merket som lest i Altinn",
    confirmed: "Bekreftet i Altinn",
    purged: "Slettet i Altinn",
    notReceived: "Det ble kunngjort at det ikke kan mottas",
  },
  problems: {
    expired: "den er utløpt i Altinn",
    purged: "den er slettet i Altinn",
    unknown: "Altinn kjenner den ikke",
    refused: "Altinn lar oss ikke få den",
    checksumMismatch: "den stemmer ikke med kontrollsummen",
    altinnKeepsFailing: "Altinn feilet så lenge det ble prøvd",
  },
  reasons: {
    purged: { name: "Det ble slettet i Altinn før det kunne mottas", advice: "Be avsenderen om det hvis det savnes." },
    notAuthorised: {
      name: "Altinn lar oss ikke lese det",
      advice: "Kan virksomheten lese på ressursen? Kjør: npm run altinn -- doctor",
    },
    altinnKeepsFailing: {
      name: "Altinn feilet så lenge det ble prøvd",
      advice: "Be avsenderen om det, eller se etter det i innboksen i Altinn.",
    },
  },
  askedFor: { read: "merke som lest", confirm: "bekrefte", purge: "slette i Altinn" },
  advice: {
    waiting: "Ingenting: det står for tur.",
    failing: "Det feilet, og prøves igjen av seg selv. Vedvarer det, kjør: npm run altinn -- doctor",
    missing: (missing, all) => `${missing} av ${all} filer var ikke å få: be avsenderen om dem.`,
    asked: "Det som er bedt om, gjøres av seg selv og kunngjøres.",
    refused:
      "Noe som det ble bedt om, ble avvist: se hvorfor nedenfor. Altinns kode 1026 betyr at det først skal bekreftes.",
    take: "Hent det fra correspondence-inbox: det som står i brevet, er der og ikke her.",
    purged: "Ingenting: det er borte i Altinn. Det som ble lagret, er her så lenge innboksen tar vare på det.",
  },
  waitsLong: ({ letters, seconds }, { number, duration }) => ({
    name: `${number(letters)} mottatte brev venter, det eldste i ${duration(seconds)}`,
    advice: "De kan ikke hentes fra Altinn, eller ikke lagres. Kjør: npm run altinn -- doctor",
  }),
  actions: {
    readReceived: {
      button: "Merk som lest",
      title: "Merke dette brevet som lest?",
      willDo: "Avsenderen ser i Altinn at virksomheten deres har lest det. Det kan ikke angres.",
      done: "Det er bedt om. Hva som kom ut av det, vises her om noen sekunder.",
    },
    confirmReceived: {
      button: "Bekreft",
      title: "Bekrefte dette brevet?",
      willDo:
        "Virksomheten deres bekrefter overfor avsenderen at den har fått brevet, og det kan ha rettsvirkning. Det kan ikke angres.",
      done: "Det er bedt om. Hva som kom ut av det, vises her om noen sekunder.",
    },
    purgeReceived: {
      button: "Slett i Altinn",
      title: "Slette dette brevet i Altinn for godt?",
      willDo:
        "Brevet fjernes i Altinn. Det som er lagret her, blir liggende. Altinn nekter så lenge det skal bekreftes.",
      done: "Det er bedt om. Hva som kom ut av det, vises her om noen sekunder.",
    },
  },
  queues: {
    receipts: "Brev som skal mottas",
    "receipts-poison": "Brev som skal mottas, og som feilet fem ganger",
    "received-correspondence": "Nytt om mottatte brev som ingen har hentet ennå",
  },
};

export const receivedNn: ReceivedWords = {
  nav: "Mottekne brev",
  within: "Kjent for appen dei siste sju dagane",
  waitsNow: "Ventar no, uansett alder",
  oldest: "Det eldste sidan",
  missing: "Manglar nokre av filene",
  find: "Finn mottekne brev",
  label: "Avsendar, referanse eller id",
  hint: "Organisasjonsnummeret til avsendaren, referansen deira eller id-en til brevet hos Altinn, i heilskap.",
  none: "Ingen mottekne brev er kjende under dette.",
  letter: "Motteke brev",
  about: "Om brevet",
  sentBy: "Sendt av",
  due: "Skal lesast eller stadfestast innan",
  asked: "Bedd om",
  failures: "Forsøk på rad som feila",
  refused: "Avvist",
  refusals: {
    purged: "det er sletta i Altinn",
    refused: "Altinn avviser det",
    altinnKeepsFailing: "Altinn feila så lenge det vart prøvd",
  },
  files: "Filer",
  file: "Fil",
  bytes: "Byte",
  stored: "Lagra",
  statuses: {
    waiting: "Ventar på å bli lagra",
    received: "Lagra og kunngjort",
    read: "Merkt som lese",
    confirmed: "Stadfesta",
    purged: "Sletta i Altinn",
    notReceived: "Kunne ikkje takast imot",
  },
  steps: {
    waiting: "Appen fekk vite om det",
    received: "Lagra, og kunngjort på received-correspondence",
    read: "Merkt som lese i Altinn",
    confirmed: "Stadfesta i Altinn",
    purged: "Sletta i Altinn",
    notReceived: "Det vart kunngjort at det ikkje kan takast imot",
  },
  problems: {
    expired: "ho er utgått i Altinn",
    purged: "ho er sletta i Altinn",
    unknown: "Altinn kjenner ho ikkje",
    refused: "Altinn lèt oss ikkje få ho",
    checksumMismatch: "ho stemmer ikkje med kontrollsummen",
    altinnKeepsFailing: "Altinn feila så lenge det vart prøvd",
  },
  reasons: {
    purged: {
      name: "Det vart sletta i Altinn før det kunne takast imot",
      advice: "Be avsendaren om det om det er sakna.",
    },
    notAuthorised: {
      name: "Altinn lèt oss ikkje lese det",
      advice: "Kan verksemda lese på ressursen? Køyr: npm run altinn -- doctor",
    },
    altinnKeepsFailing: {
      name: "Altinn feila så lenge det vart prøvd",
      advice: "Be avsendaren om det, eller sjå etter det i innboksen i Altinn.",
    },
  },
  askedFor: { read: "merkje som lese", confirm: "stadfeste", purge: "slette i Altinn" },
  advice: {
    waiting: "Ingenting: det står for tur.",
    failing: "Det feila, og blir prøvd igjen av seg sjølv. Held det fram, køyr: npm run altinn -- doctor",
    missing: (missing, all) => `${missing} av ${all} filer var ikkje å få: be avsendaren om dei.`,
    asked: "Det som er bedd om, blir gjort av seg sjølv og kunngjort.",
    refused:
      "Noko som det vart bedd om, vart avvist: sjå kvifor nedanfor. Koden 1026 hos Altinn tyder at det først skal stadfestast.",
    take: "Hent det frå correspondence-inbox: det som står i brevet, er der og ikkje her.",
    purged: "Ingenting: det er borte i Altinn. Det som vart lagra, er her så lenge innboksen tek vare på det.",
  },
  waitsLong: ({ letters, seconds }, { number, duration }) => ({
    name: `${number(letters)} mottekne brev ventar, det eldste i ${duration(seconds)}`,
    advice: "Dei kan ikkje hentast frå Altinn, eller ikkje lagrast. Køyr: npm run altinn -- doctor",
  }),
  actions: {
    readReceived: {
      button: "Merk som lese",
      title: "Merkje dette brevet som lese?",
      willDo: "Avsendaren ser i Altinn at verksemda dykkar har lese det. Det kan ikkje gjerast om.",
      done: "Det er bedd om. Kva som kom ut av det, viser seg her om nokre sekund.",
    },
    confirmReceived: {
      button: "Stadfest",
      title: "Stadfeste dette brevet?",
      willDo:
        "Verksemda dykkar stadfestar overfor avsendaren at ho har fått brevet, og det kan ha rettsverknad. Det kan ikkje gjerast om.",
      done: "Det er bedd om. Kva som kom ut av det, viser seg her om nokre sekund.",
    },
    purgeReceived: {
      button: "Slett i Altinn",
      title: "Slette dette brevet i Altinn for godt?",
      willDo:
        "Brevet blir fjerna i Altinn. Det som er lagra her, blir liggjande. Altinn nektar så lenge det skal stadfestast.",
      done: "Det er bedd om. Kva som kom ut av det, viser seg her om nokre sekund.",
    },
  },
  queues: {
    receipts: "Brev som skal takast imot",
    "receipts-poison": "Brev som skal takast imot, og som feila fem gonger",
    "received-correspondence": "Nytt om mottekne brev som ingen har henta enno",
  },
};
