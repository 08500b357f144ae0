// The dashboard in the browser: where one is, what was read, and what was just done.
import "./page.css";
import { render } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { applyChoices, Choices, readChoices } from "../common/choices.tsx";
import { formatsOf } from "../common/texts.ts";
import { ask, type ShownOverview } from "./ask.ts";
import { hashOf, type Place, placeOf } from "./places.ts";
import { type Reader, ReaderContext, useReader, WORDS } from "./reader.ts";
import { LetterView } from "./views/letter.tsx";
import { OverviewView } from "./views/overview.tsx";
import { To } from "./views/parts.tsx";
import { ReceivedView } from "./views/received.tsx";
import { RequestView } from "./views/request.tsx";
import { SearchView } from "./views/search.tsx";

/** The overview is asked for so often while somebody looks, in milliseconds: most answers come from what the app has kept. */
const AGAIN = 15_000;

function App() {
  const [choices, setChoices] = useState(readChoices);
  const [place, setPlace] = useState<Place>(() => placeOf(location.hash, history.state));
  const [overview, setOverview] = useState<ShownOverview>();
  const [problem, setProblem] = useState<"failed" | "signedOut">();
  const [said, setSaid] = useState<string>();
  const [changes, setChanges] = useState(0);
  const [sender, setSender] = useState<string>();
  const main = useRef<HTMLElement>(null);
  const words = WORDS[choices.language];
  const format = useMemo(() => formatsOf(choices.language), [choices.language]);

  // Before anything is painted: charts take their colours from the page, and who leaves it at once has chosen all the same.
  useLayoutEffect(() => {
    applyChoices(choices);
    document.title = words.title;
  }, [choices, words]);

  useEffect(() => {
    const moved = () => setPlace(placeOf(location.hash, history.state));
    addEventListener("popstate", moved);
    return () => removeEventListener("popstate", moved);
  }, []);

  useEffect(() => {
    let isWanted = true;
    let isAsking = false;
    const read = async () => {
      // Nobody looks: nobody pays. And an answer that takes long is not asked for again.
      if (document.hidden || isAsking) return;
      isAsking = true;
      const answer = await ask("overview", sender === undefined ? {} : { sender });
      isAsking = false;
      if (!isWanted) return;
      if (answer.kind === "ok") setOverview(answer.value);
      setProblem(answer.kind === "ok" ? undefined : answer.kind === "signedOut" ? "signedOut" : "failed");
    };
    void read();
    const timer = setInterval(read, AGAIN);
    document.addEventListener("visibilitychange", read);
    return () => {
      isWanted = false;
      clearInterval(timer);
      document.removeEventListener("visibilitychange", read);
    };
  }, [changes, sender]);

  const reader: Reader = {
    words,
    format,
    mayAct: overview?.mayAct ?? false,
    sender,
    scheme: choices.scheme,
    go(next) {
      history.pushState(
        "asked" in next || "status" in next ? { asked: next.asked, status: next.status } : null,
        "",
        hashOf(next),
      );
      setPlace(next);
      setSaid(undefined);
      scrollTo(0, 0);
      main.current?.focus();
    },
    done(text) {
      setSaid(text);
      setChanges((before) => before + 1);
      main.current?.focus();
    },
  };

  return (
    <ReaderContext.Provider value={reader}>
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a place of the page; the address stays, as it names a view */}
      <a
        class="ds-skip-link"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          main.current?.focus();
        }}
      >
        {words.skip}
      </a>
      <div class="page stack">
        <header class="row apart">
          <div class="row">
            <h1 class="ds-heading" data-size="sm">
              {words.title}
            </h1>
            {overview && (
              <span
                class="ds-tag"
                data-color={overview.environment === "production" ? "warning" : "info"}
                data-size="sm"
              >
                {words.environments[overview.environment === "production" ? "production" : "tt02"]}
              </span>
            )}
          </div>
          <Choices {...choices} words={words.choices} onChange={setChoices} />
        </header>
        <nav class="row" aria-label={words.nav.label}>
          <To place={{ view: "overview" }} current={place.view === "overview"}>
            {words.nav.overview}
          </To>
          <To place={{ view: "search" }} current={place.view === "search"}>
            {words.nav.search}
          </To>
          {overview?.received && (
            <To place={{ view: "received" }} current={place.view === "received"}>
              {words.received.nav}
            </To>
          )}
          {overview && overview.senders.length > 0 && (
            <SenderChoice senders={overview.senders} chosen={sender} onChange={setSender} />
          )}
        </nav>
        <main id="main" ref={main} tabIndex={-1} class="stack">
          <div role="status">
            {said !== undefined && (
              <p class="ds-alert" data-color="success" data-size="sm">
                {said}
              </p>
            )}
            {problem !== undefined && (
              <p class="ds-alert" data-color="warning" data-size="sm">
                {problem === "signedOut" ? words.signedOut : words.disconnected}
              </p>
            )}
          </div>
          <View place={place} overview={overview} changes={changes} />
        </main>
        <footer class="quiet">
          <p class="ds-paragraph" data-size="xs">
            {words.utc}
          </p>
        </footer>
      </div>
    </ReaderContext.Provider>
  );
}

/** Whose letters are looked at, where there are several senders. */
function SenderChoice(props: {
  readonly senders: readonly string[];
  readonly chosen: string | undefined;
  readonly onChange: (sender: string | undefined) => void;
}) {
  const { words } = useReader();
  return (
    <select
      class="ds-input choice"
      aria-label={words.senders.label}
      value={props.chosen ?? ""}
      onChange={({ currentTarget: { value } }) => props.onChange(value === "" ? undefined : value)}
    >
      <option value="">{words.senders.all}</option>
      {props.senders.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}

function View({
  place,
  overview,
  changes,
}: {
  readonly place: Place;
  readonly overview: ShownOverview | undefined;
  readonly changes: number;
}) {
  const { words, sender } = useReader();
  switch (place.view) {
    case "overview":
      return overview && overview.sender === sender ? (
        <OverviewView overview={overview} />
      ) : (
        <p class="ds-paragraph">{words.loading}</p>
      );
    case "search":
      return <SearchView place={place} />;
    case "received":
      return <ReceivedView place={place} overview={overview} />;
    case "receivedLetter":
      return <LetterView key={`received ${place.id}`} id={place.id} direction="received" changes={changes} />;
    case "letter":
      return <LetterView key={place.id} id={place.id} changes={changes} />;
    case "request":
      return <RequestView key={place.ofLetter} ofLetter={place.ofLetter} changes={changes} />;
  }
}

const root = document.getElementById("page");
if (root) render(<App />, root);
