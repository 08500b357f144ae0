// The e-mails and SMS that would tell of a letter.
import type { Message } from "./model.ts";
import { type Colour, Section, Tag, type Texts } from "./parts.tsx";

const COLOURS: Readonly<Record<Message["state"], Colour>> = {
  sent: "success",
  planned: "neutral",
  failed: "danger",
  notNeeded: "neutral",
};

/** All messages of a letter; `language` is the letter's. */
export function Messages(props: {
  readonly texts: Texts;
  readonly messages: readonly Message[];
  readonly language: string;
}) {
  const { texts, messages, language } = props;
  const { words, formats } = texts;
  return (
    <Section
      id="messages"
      heading={words.letter.messages}
      hint={messages.length === 0 ? words.letter.noMessages : words.letter.messagesHint}
    >
      {messages.map(({ channel, to, subject, body, isHtml, isReminder, state, at }, index) => (
        <div class="message" key={index}>
          <div class="row apart">
            <strong>
              {words.letter.channels[channel]}
              {isReminder && `, ${words.letter.reminder}`}
            </strong>
            <Tag color={COLOURS[state]} text={words.letter.states[state]} />
          </div>
          <div class="quiet break">
            {words.letter.to} {to}
            {state !== "notNeeded" && `, ${at === null ? words.letter.whenPublished : formats.dateTime(at)}`}
            {isHtml && `, ${words.letter.html}`}
          </div>
          {subject !== null && (
            <div class="subject break" lang={language}>
              {subject}
            </div>
          )}
          <div class="text break" lang={language}>
            {body}
          </div>
        </div>
      ))}
    </Section>
  );
}
