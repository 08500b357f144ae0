// The simulator's inbox: which view is shown, in which language, and what frames it.
import "./page.css";
import { render } from "preact";
import { useEffect, useLayoutEffect, useState } from "preact/hooks";
import { applyChoices, Choices, readChoices } from "../common/choices.tsx";
import { formatsOf } from "../common/texts.ts";
import { Inbox } from "./inbox.tsx";
import { WORDS } from "./languages.ts";
import { Misbehaving } from "./misbehaving.tsx";
import type { Letters } from "./model.ts";
import { usePolled } from "./server.ts";

function Page() {
  const [chosen, setChosen] = useState(readChoices);
  const address = useAddress();
  const letters = usePolled<Letters>("_inbox/letters");
  const words = WORDS[chosen.language];
  const texts = { words, formats: formatsOf(chosen.language) };
  const isMisbehaving = address === "#/misbehaving";
  const unread = letters.data?.letters.filter(({ place, isRead }) => place === "inbox" && !isRead).length ?? 0;
  useLayoutEffect(() => {
    applyChoices(chosen);
    document.title = `${unread > 0 ? `(${unread}) ` : ""}${isMisbehaving ? words.misbehaving : words.inbox} – Altinn`;
  }, [chosen, words, unread, isMisbehaving]);

  return (
    <>
      <a class="ds-skip-link" href="#content">
        {words.skip}
      </a>
      <header class="top">
        <div class="page row apart">
          <nav class="row views" aria-label={words.views}>
            <a href="#/" aria-current={isMisbehaving ? undefined : "page"}>
              {words.inbox}
              {unread > 0 && (
                <span
                  class="ds-badge"
                  data-color="danger"
                  data-count={unread}
                  role="img"
                  aria-label={words.unread(unread)}
                />
              )}
            </a>
            <a href="#/misbehaving" aria-current={isMisbehaving ? "page" : undefined}>
              {words.misbehaving}
            </a>
          </nav>
          <Choices {...chosen} words={words} onChange={setChosen} />
        </div>
      </header>
      <main class="page stack" id="content" tabIndex={-1}>
        <p class="quiet note">{words.simulator}</p>
        {letters.isLost && (
          <div class="ds-alert" data-color="danger" role="alert">
            {words.lost}
          </div>
        )}
        {isMisbehaving ? (
          <Misbehaving texts={texts} />
        ) : (
          <Inbox texts={texts} letters={letters} open={/^#\/letters\/([\w-]+)$/.exec(address)?.[1]} />
        )}
      </main>
      <p class="hidden" role="status">
        {words.unread(unread)}
      </p>
    </>
  );
}

/** The part of the address that says which view is shown. */
function useAddress(): string {
  const [address, setAddress] = useState(location.hash);
  useEffect(() => {
    // A link within the page, such as the one to its content, leaves the view as it is.
    const read = () => setAddress((before) => (location.hash === "#content" ? before : location.hash));
    addEventListener("hashchange", read);
    return () => removeEventListener("hashchange", read);
  }, []);
  return address;
}

const root = document.getElementById("page");
if (root) render(<Page />, root);
