// Bodies that are not in Markdown, each converted once for all the letters of its request. Loaded when there is one.
import { remembered } from "../remembered.ts";
import { type ConvertedBody, type ConvertedFormat, convertBody } from "./convertBody.ts";

/** `convertBody`, which remembers its last few answers. */
export const convertOnce: Readonly<Record<ConvertedFormat, (body: string) => ConvertedBody>> = {
  html: remembered((body) => convertBody(body, "html")),
  text: remembered((body) => convertBody(body, "text")),
};
