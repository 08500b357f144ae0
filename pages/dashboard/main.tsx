// The dashboard's first lines in the browser.
import "./page.css";
import { render } from "preact";
import { applyChoices, readChoices } from "../common/choices.tsx";

applyChoices(readChoices());
const root = document.getElementById("page");
if (root) render(<h1 class="ds-heading">Altinn Correspondence</h1>, root);
