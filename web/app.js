"use strict";
const words = {
  en: { connecting: "Connecting …", gone: "doze does not answer. Trying again …", dry: "dry run: changes nothing",
        old: (time) => `doze does not answer. What is shown was true ${time} ago.`,
        unread: (where) => `${where} could not be read:`, until: (time) => `until ${time}`,
        nothing: (time) => `Nothing is put to sleep before ${time}.`, stopped: "stopped by you",
        active: "You are here", idle: "You are quiet", away: "You are away", unknown: "doze is blind: it sees neither keyboard nor mouse",
        left: (time) => `away in ${time}`, since: (time) => `for ${time}`, locked: "screen locked",
        resources: "Resources", holds: "What keeps them awake", sources: "How doze sees you", none: "None.",
        asleep: "asleep", ask: "Password of this page", choose: "Choose a password for this page", enter: "Enter",
        wrong: "That is not the password." },
  ko: { connecting: "연결하는 중 …", gone: "doze가 응답하지 않습니다. 다시 시도하는 중 …", dry: "시험 실행: 아무것도 바꾸지 않음",
        old: (time) => `doze가 응답하지 않습니다. 아래는 ${time} 전의 상태입니다.`,
        unread: (where) => `${where}을(를) 읽지 못했습니다:`, until: (time) => `${time}까지`,
        nothing: (time) => `${time}까지는 아무것도 재우지 않습니다.`, stopped: "직접 멈춤",
        active: "자리에 있습니다", idle: "조용합니다", away: "자리를 비웠습니다", unknown: "doze가 키보드도 마우스도 볼 수 없습니다",
        left: (time) => `${time} 후 자리 비움`, since: (time) => `${time} 동안`, locked: "화면 잠김",
        resources: "리소스", holds: "잠들지 않게 하는 것", sources: "doze가 사용자를 아는 방법", none: "없음",
        asleep: "잠듦", ask: "이 페이지의 비밀번호", choose: "이 페이지의 비밀번호를 정하세요", enter: "들어가기",
        wrong: "비밀번호가 아닙니다." }
};
const korean = document.documentElement.lang === "ko";
const say = korean ? words.ko : words.en;
const find = (id) => document.getElementById(id);
// What would act on the page instead of being seen in it: control characters, turned writing, what has no width.
const clean = (text) => String(text ?? "").replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\uFFFD");
const show = (id, text) => { find(id).textContent = clean(text); };

function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const units = korean ? ["시간", "분", "초"] : [" h", " min", " s"];
  if (whole >= 3600) return `${Math.floor(whole / 3600)}${units[0]} ${Math.floor(whole / 60) % 60}${units[1]}`;
  return whole >= 60 ? `${Math.floor(whole / 60)}${units[1]}` : `${whole}${units[2]}`;
}

// Each row is the texts of its cells, which is all that ever comes of what doze says: text.
function fill(id, rows) {
  find(id).replaceChildren(...(rows.length ? rows : [[say.none]]).map((cells) => {
    const row = document.createElement("tr");
    for (const text of cells) row.insertCell().textContent = clean(text);
    return row;
  }));
}

const clock = (seconds) => new Date(seconds * 1000).toLocaleString(document.documentElement.lang,
  seconds * 1000 - Date.now() < 20 * 3600000 ? { hour: "2-digit", minute: "2-digit" } : { dateStyle: "medium", timeStyle: "short" });

// What doze could not do, each cause once with where it was met.
function alarm(causes) {
  find("alarms").replaceChildren(...causes.map((text) => {
    const line = document.createElement("p");
    line.textContent = clean(text);
    return line;
  }));
}

function unreadOf(regions) {
  const causes = new Map();
  for (const each of regions ?? []) {
    if (!each.error) continue;
    causes.set(each.error, [...causes.get(each.error) ?? [], `${each.region} ${each.kind}`]);
  }
  return [...causes].map(([why, where]) =>
    `${say.unread(where.slice(0, 3).join(", ") + (where.length > 3 ? " …" : ""))} ${why}`);
}

// Of a resource: a failure never hides why it stays awake.
const notes = (each) => [each.trouble, each.guard].filter(Boolean).join(" ");
const stateOf = (each) => each.asleep ? say.asleep : each.stopped_by_you ? say.stopped : each.state;

function showStatus(status) {
  waiting = 0;
  heard = Date.now();
  if (timed) send("EVENTS", { timer: false });  // What comes each second is for pages that show it.
  timed = false;
  alarm(unreadOf(status.regions));
  age();
  find("door").hidden = true;
  find("house").hidden = false;
  const presence = status.presence;
  find("presence").dataset.state = presence.state;
  show("about", [status.version, status.dry_run ? say.dry : ""].filter(Boolean).join(" · "));
  show("state", say[presence.state] ?? presence.state);
  const snooze = (status.holds ?? []).find((each) => each.kind === "snooze");
  show("detail", [snooze ? say.nothing(clock(snooze.until)) : "", presence.for_seconds === null ? "" : say.since(span(presence.for_seconds)),
                  presence.away_in_seconds === null ? "" : say.left(span(presence.away_in_seconds)),
                  presence.locked ? say.locked : ""].filter(Boolean).join(" · "));
  fill("resources", (status.resources ?? []).map((each) => [
    each.description ? `${each.description} (${each.id})` : each.id, notes(each), stateOf(each)]));
  fill("holds", (status.holds ?? []).map((each) => [
    each.id ?? each.kind, each.why ?? "", each.until ? say.until(clock(each.until)) : ""]));
  fill("sources", (status.sources ?? []).map((each) => [each.name, each.detail ?? "", each.state]));
}

let socket;
let pause = 1000;
let heard = 0;      // When the newest status came,
let waiting = 0;    // and when one was asked for that has not come.
let timed = false;  // The timer comes each second.
let closed = false;  // There is a password, and this page has no key.
const send = (type, content = {}) => socket.readyState === 1 && socket.send(JSON.stringify({ type, content }));
function look() {
  if (closed || socket.readyState !== 1) return;
  waiting ||= Date.now();
  send("STATUS");
}

// What is shown is old where doze is gone, or does not answer.
function age() {
  const old = heard > 0 && (socket.readyState !== 1 || (waiting > 0 && Date.now() - waiting > 5000));
  document.body.classList.toggle("stale", old);
  if (old && !document.hidden) show("about", say.old(span((Date.now() - heard) / 1000)));
}

function enter(answer) {
  closed = !answer.success;
  if (answer.authKey) sessionStorage.setItem("key", answer.authKey);
  if (closed) sessionStorage.removeItem("key");
  if (!closed) return look();
  if (!find("door").hidden) show("refusal", answer.error ?? say.wrong);
  send("PASSWORD_STATUS_CHECK");
}

function askPassword(answer) {
  closed = answer.required === true;
  if (!closed) return look();
  const key = sessionStorage.getItem("key");
  if (key && !answer.isInitialSetup) return send("VERIFY_AUTH_KEY", { authKey: key });
  find("door").hidden = false;
  find("house").hidden = true;
  find("door").dataset.command = answer.isInitialSetup ? "CREATE_PASSWORD" : "VERIFY_PASSWORD";
  show("ask", answer.isInitialSetup ? say.choose : say.ask);
}

const answers = {
  STATUS: showStatus, TIMER_START: look, TIMER_TICK: look, TIMER_END: look, AWS_EC2_UPDATE: look,
  PASSWORD_STATUS: askPassword, PASSWORD_VERIFY_RESPONSE: enter, PASSWORD_CREATE_RESPONSE: enter
};

function connect() {
  socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
  socket.onopen = () => { pause = 1000; waiting = 0; timed = true; send("PASSWORD_STATUS_CHECK"); };
  socket.onmessage = (message) => {
    const { type, content } = JSON.parse(message.data);
    if (Object.hasOwn(answers, type)) answers[type](content ?? {});
    // A doze without passwords.
    else if (type === "ERROR" && content.request_type === "PASSWORD_STATUS_CHECK") look();
    else if (type === "ERROR" && content.request_type === "STATUS") alarm([content.message]);
    else if (type.endsWith("_UPDATE") || type === "PRESENCE") look();
  };
  socket.onclose = () => {
    show("about", say.gone);
    age();
    setTimeout(connect, pause);
    pause = Math.min(2 * pause, 30000);
  };
}

find("door").addEventListener("submit", (event) => {
  event.preventDefault();
  show("refusal", "");
  send(find("door").dataset.command, { password: find("password").value });
  find("password").value = "";
});
show("about", say.connecting);
show("enter", say.enter);
show("resources-title", say.resources);
show("holds-title", say.holds);
show("sources-title", say.sources);
setInterval(() => document.hidden || look(), 5000);
setInterval(age, 1000);
document.addEventListener("visibilitychange", () => document.hidden || look());
connect();
