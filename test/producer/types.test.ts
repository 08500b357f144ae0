// The kit's types and constants say what the contract says: nothing is missing in them, and nothing is refused by them.
import { describe, expect, expectTypeOf, it } from "vitest";
import type { z } from "zod";
import { type Announcement, announcementTypes } from "../../producer/announcement.ts";
import type {
  ProducerAttachment,
  ProducerContact,
  ProducerContent,
  ProducerLetter,
  ProducerNotification,
  ProducerReference,
  ProducerReplyOption,
  ProducerRequest,
} from "../../producer/request.ts";
import {
  ANNOUNCEMENT_TYPES,
  type Announcement as AppAnnouncement,
  DISPATCH_NEWS,
} from "../../shared/announcements/announcement.ts";
import { ANNOUNCED } from "../../shared/records/facts.ts";
import type { requestSchema } from "../../shared/requests/schema.ts";

type Request = z.input<typeof requestSchema>;
type Letter = Request["correspondence"];
type Content = Letter["content"];
type Item<List> = NonNullable<List> extends readonly (infer One)[] ? One : never;
type Notification = NonNullable<Letter["notification"]>;

/** The names that a schema lists, without the unknown ones that it lets through. */
type Known<Fields> = keyof { [Name in keyof Fields as string extends Name ? never : Name]: unknown };

type Without<Fields, Name> = Pick<Fields, Exclude<Known<Fields>, Name>>;

describe("the request's type", () => {
  it("has exactly the fields of the schema", () => {
    expectTypeOf<keyof ProducerRequest>().toEqualTypeOf<Known<Request>>();
    expectTypeOf<keyof ProducerLetter>().toEqualTypeOf<Known<Letter>>();
    expectTypeOf<keyof ProducerContent>().toEqualTypeOf<Known<Content>>();
    expectTypeOf<keyof ProducerAttachment>().toEqualTypeOf<Known<Item<Content["attachments"]>>>();
    expectTypeOf<keyof ProducerReference>().toEqualTypeOf<Known<Item<Letter["externalReferences"]>>>();
    expectTypeOf<keyof ProducerReplyOption>().toEqualTypeOf<Known<Item<Letter["replyOptions"]>>>();
    expectTypeOf<keyof ProducerNotification>().toEqualTypeOf<Known<Notification>>();
    expectTypeOf<keyof ProducerContact>().toEqualTypeOf<Known<Item<Notification["customRecipients"]>>>();
  });

  it("takes what the schema takes", () => {
    expectTypeOf<Item<Content["attachments"]>>().toExtend<ProducerAttachment>();
    expectTypeOf<Content>().toExtend<ProducerContent>();
    expectTypeOf<Notification>().toExtend<ProducerNotification>();
    // The schema itself tells what is wrong with a property's value.
    expectTypeOf<Without<Letter, "propertyList">>().toExtend<Omit<ProducerLetter, "propertyList">>();
    expectTypeOf<Without<Request, "correspondence">>().toExtend<Omit<ProducerRequest, "correspondence">>();
  });
});

describe("the announcements' type", () => {
  it("has the fields that the app writes, and reads whatever it writes", () => {
    expectTypeOf<keyof Announcement["data"]>().toEqualTypeOf<keyof AppAnnouncement["data"]>();
    expectTypeOf<AppAnnouncement>().toExtend<Announcement>();
  });

  it("names every type", () => {
    const types = [
      ...DISPATCH_NEWS.map(ANNOUNCEMENT_TYPES.dispatch),
      ...Array.from(ANNOUNCED, ANNOUNCEMENT_TYPES.correspondence),
      ANNOUNCEMENT_TYPES.correspondence("unresolved"),
    ];
    expect(Object.values(announcementTypes).toSorted()).toEqual(types.toSorted());
    for (const [name, type] of Object.entries(announcementTypes)) expect(type.endsWith(`.${name}`)).toBe(true);
  });
});
