// The dependencies of announcing.
import type { AnnouncementFactory } from "./announcement.ts";
import type { Announcer } from "./announcer.ts";

/** The parts by which announcements are made and put. */
export interface AnnouncementsContext {
  readonly announcer: Announcer;
  /** Throws while the app's marker, by which announcements are named, is missing beside state of ours. */
  readonly announcements: () => Promise<AnnouncementFactory>;
}
