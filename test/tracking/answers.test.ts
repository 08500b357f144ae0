// What overviews and details add to a record.
import { describe, expect, it } from "vitest";
import { details, overview } from "../../shared/altinn/wire.ts";
import { HOUR } from "../../shared/clock.ts";
import { recordOf } from "../../shared/records/mergeCorrespondence.ts";
import { additionOfDetails, additionOfOverview } from "../../shared/tracking/answers.ts";
import { CORRESPONDENCE_ID, NOON } from "../records/additions.ts";

const at = (time: number) => new Date(time).toISOString();

/** An overview as Altinn writes it; values for recipients and texts are of no interest here. */
function written(overrides: object = {}): object {
  return {
    correspondenceId: CORRESPONDENCE_ID,
    resourceId: "urn:altinn:resource:test-letters",
    status: "Published",
    statusChanged: at(NOON),
    created: at(NOON - HOUR),
    requestedPublishTime: at(NOON),
    published: at(NOON),
    ...overrides,
  };
}

const fromOverview = (overrides: object = {}) =>
  recordOf(additionOfOverview(overview.parse(written(overrides)), NOON + 9 * HOUR));
const fromDetails = (overrides: object = {}) =>
  recordOf(additionOfDetails(details.parse(written(overrides)), NOON + 9 * HOUR));

describe("an overview", () => {
  it("adds its status, Altinn's own times and the resource without its prefix", () => {
    expect(fromOverview()).toEqual({
      version: 1,
      correspondenceId: CORRESPONDENCE_ID,
      resourceId: "test-letters",
      firstHeard: NOON + 9 * HOUR,
      created: NOON - HOUR,
      publishTime: NOON,
      facts: { Published: { overview: NOON } },
      unknownTypes: {},
      notificationOrders: [],
    });
  });

  it("adds that it was published and read where a later status hides it", () => {
    const record = fromOverview({
      status: "AttachmentsDownloaded",
      statusChanged: at(NOON + 2 * HOUR),
      read: at(NOON + HOUR),
    });
    expect(record.facts).toEqual({
      Published: { overview: NOON },
      Read: { overview: NOON + HOUR },
      AttachmentsDownloaded: { overview: NOON + 2 * HOUR },
    });
  });

  it("adds nothing for a status that is new to us, and what else it tells all the same", () => {
    expect(fromOverview({ status: "Folded", read: at(NOON + HOUR) }).facts).toEqual({
      Published: { overview: NOON },
      Read: { overview: NOON + HOUR },
    });
  });

  it("adds the orders of its notifications", () => {
    const order = "9d3b7a52-8e11-4a6f-9c0d-2b1f0a9e8d7c";
    const record = fromOverview({
      notifications: [{ notificationOrderId: order }, null, { notificationOrderId: order }],
    });
    expect(record.notificationOrders).toEqual([order]);
  });
});

describe("details", () => {
  const history = [
    { status: "Initialized", statusChanged: at(NOON - HOUR) },
    { status: "ReadyForPublish", statusChanged: at(NOON - HOUR) },
    { status: "Published", statusChanged: at(NOON) },
    { status: "Fetched", statusChanged: at(NOON + HOUR) },
    { status: "Fetched", statusChanged: at(NOON + 3 * HOUR) },
    { status: "Confirmed", statusChanged: at(NOON + 2 * HOUR) },
    { status: "Folded", statusChanged: at(NOON + 4 * HOUR) },
    { status: "Replied" },
  ];

  it("add the whole history, each status at its earliest time", () => {
    expect(
      fromDetails({ status: "Confirmed", statusChanged: at(NOON + 2 * HOUR), statusHistory: history }).facts,
    ).toEqual({
      Initialized: { details: NOON - HOUR },
      ReadyForPublish: { details: NOON - HOUR },
      Published: { details: NOON },
      Fetched: { details: NOON + HOUR },
      // Without a time of its own: when it was heard.
      Replied: { details: NOON + 9 * HOUR },
      Confirmed: { details: NOON + 2 * HOUR },
    });
  });

  it("add who purged it, which stands in the status and never in the history", () => {
    const record = fromDetails({
      status: "PurgedByRecipient",
      statusChanged: at(NOON + 5 * HOUR),
      statusHistory: history,
    });
    expect(record.facts.PurgedByRecipient).toEqual({ details: NOON + 5 * HOUR });
  });
});
