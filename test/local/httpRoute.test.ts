// Route templates of HTTP functions.
import { expect, test } from "vitest";
import { parseHttpRoute } from "../../local/httpRoute.ts";

const GUID = "0b6c2b0e-7f5e-4b6e-9d6a-2f8f0a7c1e11";

test.each([
  ["events", "/api/events", {}],
  ["events", "/API/Events/", {}],
  ["a/{id}", "/api/a/x%20y", { id: "x y" }],
  ["a/{id}", "/api/a/x%2Fy", { id: "x/y" }],
  ["a/{id?}", "/api/a", {}],
  ["a/{id?}", "/api/a/1", { id: "1" }],
  ["a/{id=7}", "/api/a", { id: "7" }],
  ["a/{id:int?}", "/api/a", {}],
  ["a/{id:int}", "/api/a/-12", { id: "-12" }],
  ["a/{id:long}", "/api/a/9223372036854775807", { id: "9223372036854775807" }],
  ["a/{id:guid}", `/api/a/${GUID}`, { id: GUID }],
  ["a/{on:bool}", "/api/a/True", { on: "True" }],
  ["a/{x:alpha:minlength(2)}", "/api/a/ab", { x: "ab" }],
  ["a/{x:length(2,3)}", "/api/a/abc", { x: "abc" }],
  ["a/{x:range(1,5)}", "/api/a/5", { x: "5" }],
  ["a/{x:regex(^\\d{{2}}$)}", "/api/a/12", { x: "12" }],
  ["a/{x:double}", "/api/a/1.5e3", { x: "1.5e3" }],
  ["a/{x}-{y}.json", "/api/a/1-2.json", { x: "1", y: "2" }],
  ["{*path}", "/api/b/c%20d/e", { path: "b/c d/e" }],
  ["files/{*path}", "/api/files", {}],
  ["{a}/{b}", "/api/1/2", { a: "1", b: "2" }],
])("%s takes %s", (template, path, parameters) => {
  expect(parseHttpRoute(template, "api").match(path)).toEqual(parameters);
});

test.each([
  ["events", "/events"],
  ["events", "/api/events/more"],
  ["events", "/api/eventsmore"],
  ["a.b", "/api/axb"],
  ["a/{id}", "/api/a"],
  ["a/{id}", "/api/a//"],
  ["a/{id}", "/api/a/%E0%A4%A"],
  ["a/{id:int}", "/api/a/x"],
  ["a/{id:int}", "/api/a/2147483648"],
  ["a/{id:long}", "/api/a/9223372036854775808"],
  ["a/{id:guid}", "/api/a/1"],
  ["a/{on:bool}", "/api/a/yes"],
  ["a/{x:alpha:minlength(2)}", "/api/a/a"],
  ["a/{x:length(2,3)}", "/api/a/abcd"],
  ["a/{x:range(1,5)}", "/api/a/6"],
  ["a/{x:min(3)}", "/api/a/2"],
  ["a/{x:regex(^\\d{{2}}$)}", "/api/a/123"],
  ["a/{x}-{y}.json", "/api/a/1.json"],
])("%s does not take %s", (template, path) => {
  expect(parseHttpRoute(template, "api").match(path)).toBeUndefined();
});

test("an app may have no route prefix", () => {
  expect(parseHttpRoute("events", "").match("/events")).toEqual({});
  expect(parseHttpRoute("{*all}", "").match("/")).toEqual({});
});

test.each(["a/{id", "a/{id:int", "a/{id:shiny}", "a/{1}", "a/{x:range(a)}"])("%s is refused", (template) => {
  expect(() => parseHttpRoute(template, "api")).toThrow();
});
