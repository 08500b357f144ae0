// Preloaded into an Azurite of its own: its time stands still, and is set by `GET /time?is=<epoch milliseconds>` of any of
// its services, so that what hides and expires needs no waiting.
const { Server } = require("node:http");

const RealDate = Date;
let now = RealDate.now();

globalThis.Date = class HeldDate extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(now);
    else super(...given);
  }
  static now() {
    return now;
  }
};

const { emit } = Server.prototype;
Server.prototype.emit = function emitOrSet(event, request, response, ...more) {
  const [, time] = (event === "request" && /^\/time\?is=(\d+)$/.exec(request.url)) || [];
  if (time === undefined) return emit.call(this, event, request, response, ...more);
  now = Number(time);
  response.end();
  return true;
};
