// Whether anything needs somebody now: decided from what is shown, the most urgent first. Pure.
import { MINUTE, SECOND } from "../clock.ts";
import { RECEIVED_WITHIN, type ReceivedCounts } from "../finding/received.ts";
import { poisonQueueOf } from "../storage/names.ts";
import { MANY_MISSED } from "../tracking/missedEvents.ts";
import type { Attention, Following, Parts } from "./parts.ts";

/** The most that a sweep takes, and a cold start before it. */
const GRACE = 5 * MINUTE;

/**
 * What needs somebody, the most urgent first. The brake that somebody pulled is told as well: it may have been forgotten.
 *
 * @param now epoch milliseconds
 * @param checksEvery how often the timer runs, in milliseconds
 */
export function attentionOf(seen: Omit<Parts, "lastDay" | "lastWeek">, now: number, checksEvery: number): Attention[] {
  const { sending, token, following, queues, waiting, deadLetters, received } = seen;
  const found: Attention[] = [];
  if ([sending, following, queues, waiting, deadLetters, received].some((part) => part?.isFailing))
    found.push({ kind: "storage" });
  if (token.value?.isGiven === false) {
    const { failure } = token.value;
    found.push({ kind: "token", ...(failure === undefined ? {} : { failure }) });
  }
  const pause = sending.value?.pause;
  if (pause?.cause === "brake") found.push({ kind: "brake", reason: pause.reason ?? "operator" });
  if (pause?.cause === "breaker" || sending.value?.breaker === "open") found.push({ kind: "breaker" });
  const senders = sending.value?.stopped ?? [];
  if (senders.length > 0) found.push({ kind: "stopped", senders });
  const setUp = waiting.value?.causes.find(({ cause }) => cause === "setUp");
  if (setUp) found.push({ kind: "setUp", letters: setUp.letters, senders: setUp.senders ?? [] });
  const poisoned = (queues.value ?? []).filter(({ name }) => name.endsWith(poisonQueueOf("")));
  const letters = poisoned.reduce((sum, { length = 0 }) => sum + length, 0);
  if (letters > 0) found.push({ kind: "poison", letters });
  const sweep = following.value && lateSweep(following.value, sending.value?.lastLetter, now, checksEvery);
  if (sweep) found.push(sweep);
  const waitsLong = received?.value && receivedWaits(received.value, now);
  if (waitsLong) found.push(waitsLong);
  const missed = following.value?.missedEvents ?? 0;
  if (missed >= MANY_MISSED) found.push({ kind: "events", missed });
  const dead = deadLetters.value?.total ?? 0;
  if (dead > 0) found.push({ kind: "deadLetters", letters: dead });
  return found;
}

function receivedWaits({ waiting, waitingSince }: ReceivedCounts, now: number): Attention | undefined {
  if (waitingSince === undefined) return undefined;
  const age = now - Date.parse(waitingSince);
  return age < RECEIVED_WITHIN
    ? undefined
    : { kind: "receivedWaits", letters: waiting, seconds: Math.round(age / SECOND) };
}

function lateSweep(
  { lastSweep }: Following,
  lastLetter: string | undefined,
  now: number,
  checksEvery: number,
): Attention | undefined {
  // Where there was none yet, letters that went out long ago should have had one.
  const since = lastSweep ?? lastLetter;
  if (since === undefined) return undefined;
  const age = now - Date.parse(since);
  if (age <= 2 * checksEvery + GRACE) return undefined;
  return { kind: "sweep", ...(lastSweep === undefined ? {} : { seconds: Math.round(age / SECOND) }) };
}
