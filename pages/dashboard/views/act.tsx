// Something that can be done: a button, a dialog that says what it will do, and what became of it.
import { useRef, useState } from "preact/hooks";
import type { Action } from "../../../shared/dashboard/action.ts";
import type { ReplayCheck } from "../../../shared/deadLetters/deadLetters.ts";
import { ask } from "../ask.ts";
import { useReader } from "../reader.ts";

/** The button of an action, and all that follows. @param isGrave shows it as one that is not to be pressed lightly */
export function Act({ action, isGrave = false }: { readonly action: Action; readonly isGrave?: boolean }) {
  const { words, mayAct, done } = useReader();
  const dialog = useRef<HTMLDialogElement>(null);
  const [check, setCheck] = useState<ReplayCheck | "looking">();
  const [failure, setFailure] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const told = words.actions[action.action];
  const sender = "sender" in action ? action.sender : undefined;
  const title = sender === undefined ? told.title : `${told.button}: ${sender}`;

  async function open(): Promise<void> {
    setFailure(undefined);
    dialog.current?.showModal();
    if (action.action !== "replay") return;
    setCheck("looking");
    const answer = await ask("replay", { deadLetter: action.deadLetter });
    setCheck(answer.kind === "ok" ? answer.value : undefined);
    if (answer.kind === "none") setFailure(words.action.gone);
    else if (answer.kind !== "ok") setFailure(words.action.failed);
  }

  async function carryOut(): Promise<void> {
    setBusy(true);
    const answer = await ask("act", action);
    setBusy(false);
    if (answer.kind === "ok" && answer.value.kind === "done") {
      dialog.current?.close();
      done(told.done);
    } else if (answer.kind === "ok" && answer.value.kind === "refused")
      setFailure(words.action.refused(answer.value.why));
    else if (answer.kind === "ok") setFailure(words.action.gone);
    else setFailure(answer.kind === "wrong" ? words.action.refused(answer.detail) : words.action.failed);
  }

  const isImpossible = typeof check === "object" && check.kind !== "allowed";
  return (
    <>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        data-color={isGrave ? "danger" : "accent"}
        data-size="sm"
        disabled={!mayAct}
        title={mayAct ? undefined : words.action.mayNot}
        onClick={open}
      >
        {told.button}
      </button>
      <dialog ref={dialog} class="ds-dialog" aria-label={title} onClose={() => setCheck(undefined)}>
        <div class="stack">
          <h2 class="ds-heading" data-size="xs">
            {title}
          </h2>
          {sender !== undefined && <p class="ds-paragraph">{words.senders.only(sender)}</p>}
          <p class="ds-paragraph">{told.willDo}</p>
          {check === "looking" && <p class="ds-paragraph quiet">{words.action.looking}</p>}
          {typeof check === "object" && check.kind === "allowed" && check.warning !== undefined && (
            <p class="ds-alert" data-color="warning" data-size="sm">
              {words.action.replayWarning} {check.warning}
            </p>
          )}
          {typeof check === "object" && check.kind !== "allowed" && (
            <p class="ds-alert" data-color="danger" data-size="sm">
              {words.action.replayCannot} {check.why}
            </p>
          )}
          {failure !== undefined && (
            <p class="ds-alert" data-color="danger" data-size="sm" role="alert">
              {failure}
            </p>
          )}
          <div class="row">
            {!isImpossible && (
              <button
                type="button"
                class="ds-button"
                data-color={isGrave ? "danger" : "accent"}
                disabled={isBusy || check === "looking"}
                onClick={carryOut}
              >
                {told.button}
              </button>
            )}
            <button type="button" class="ds-button" data-variant="tertiary" onClick={() => dialog.current?.close()}>
              {words.close}
            </button>
          </div>
        </div>
      </dialog>
    </>
  );
}
