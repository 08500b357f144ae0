// Altinn's error codes, and the reason to give for each when it ends a dispatch.
import { END_REASONS, type EndReason } from "./endReason.ts";

/**
 * From Altinn's documentation and the verdicts recorded from Altinn's server. What is not listed is a rule that the request breaks in
 * some other way.
 */
const byReason: Readonly<Partial<Record<EndReason, readonly number[]>>> = {
  // 1036 unknown, 4009 and 4010 of the wrong kind; 1060, 1061 confidential or not; 1068 its access rules are too weak.
  resourceNotAllowed: [1036, 1060, 1061, 1068, 4008, 4009, 4010],
  recipientNotFound: [1029],
  recipientReserved: [1030],
  recipientLacksRole: [1044],
  // 1046 another party's dialog, 1048 no UUID, 1049 and 1054 not found.
  dialogNotFound: [1046, 1048, 1049, 1054],
  templateNotFound: [3001],
  contentRefused: [
    // Title, body, summary, sender, language: not plain, missing, too long.
    ...[1002, 1003, 1004, 1019, 1020, 1021, 1022, 1023, 1037, 1039, 1042],
    // Texts that the notification's channel needs, and keywords that may not stand in them.
    ...[3002, 3003, 3004, 3005, 3006, 3007, 3015, 3024, 3025],
  ],
  // 1007 no such attachment, 1018 none that can be used, 2001 not found, 2006 purged.
  attachmentMissing: [1007, 1018, 2001, 2006],
  // 1005 files and metadata differ, 1017 another sender's, 1038 too many, 1069 too large to forward, 2004 empty or too
  // large, 2010 to 2013 and 2021 its name or type; 1050 and 2017 it would expire too soon.
  attachmentRefused: [1005, 1017, 1038, 1050, 1069, 2003, 2004, 2005, 2009, 2010, 2011, 2012, 2013, 2016, 2017, 2021],
  checksumMismatch: [2008],
};

const reasons: ReadonlyMap<number, EndReason> = new Map(reasonEntries());

function* reasonEntries(): Generator<[number, EndReason]> {
  for (const reason of END_REASONS) for (const code of byReason[reason] ?? []) yield [code, reason];
}

/** Why a request that Altinn refused with this code (undefined: by a rule of the model) will never be sent. */
export function reasonOfErrorCode(errorCode: number | undefined): EndReason {
  return (errorCode === undefined ? undefined : reasons.get(errorCode)) ?? "invalidRequest";
}
