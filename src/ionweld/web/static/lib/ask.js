// Questions to the server: their answers, their faults, and long work as jobs.

export class Refusal extends Error {
  constructor(status, error) {
    super(error.message || `The server answered ${status}`);
    this.status = status;
    this.faults = error.faults || [];
    this.kind = error.kind || "";
  }
}

export async function ask(path, { method, body, query, signal, raw } = {}) {
  const address = new URL(path, location.origin);
  for (const [name, value] of Object.entries(query || {})) {
    for (const one of [value].flat()) if (one !== null && one !== undefined) address.searchParams.append(name, one);
  }
  const json = body !== undefined && !raw;
  const answer = await fetch(address, {
    method: method || (body === undefined ? "GET" : "POST"),
    headers: json ? { "Content-Type": "application/json" } : {},
    body: json ? JSON.stringify(body) : body,
    signal,
  }).catch((error) => {
    throw error.name === "AbortError" ? error : new Refusal(0, { message: "The server does not answer" });
  });
  if (answer.ok) return answer.status === 204 ? null : answer.json();
  const text = await answer.text();
  let said = { message: text };
  try {
    said = JSON.parse(text).error || said;
  } catch {
    // a plain sentence of the guard
  }
  throw new Refusal(answer.status, said);
}

// ---- jobs, told by the server as they change

const ended = new Set(["done", "failed", "stopped"]);
const jobs = new Map();
const watchers = new Set();
let run = null;

export const allJobs = () => [...jobs.values()];
export const isOver = (job) => ended.has(job.state);
export const stop = (id) => ask(`/api/jobs/${id}`, { method: "DELETE" });

export function watch(watcher) {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

function tell(what) {
  for (const one of [...watchers]) one(what);
}

// told: what becomes of the line to the server: "open", "lost", "restarted"
export function connect(told) {
  const source = new EventSource("/api/events");
  source.addEventListener("hello", (event) => {
    const said = JSON.parse(event.data);
    const restarted = run !== null && run !== said.run;
    run = said.run;
    if (restarted) for (const job of jobs.values()) if (!isOver(job)) job.state = "failed";
    for (const job of said.jobs) jobs.set(job.id, job);
    told(restarted ? "restarted" : "open");
    tell(null);
  });
  source.addEventListener("job", (event) => {
    const job = JSON.parse(event.data);
    jobs.set(job.id, job);
    tell(job);
  });
  source.onerror = () => {
    told("lost");
    if (source.readyState === EventSource.CLOSED) setTimeout(() => connect(told), 2000);
  };
}

// Start long work and wait for what it gives. progress: called with the job as it goes on.
export async function work(path, options, progress = () => {}) {
  const started = await ask(path, options);
  if (!started.job) return started;
  jobs.set(started.job.id, jobs.get(started.job.id) || started.job);
  tell(started.job);
  const job = await over(started.job.id, progress, options.signal);
  if (job.state === "stopped") throw new DOMException("stopped", "AbortError");
  if (job.state === "failed") throw new Refusal(500, job.error || { message: "The server was restarted in the midst of it" });
  return (await ask(`/api/jobs/${job.id}`)).result;
}

function over(id, progress, signal) {
  return new Promise((resolve) => {
    const look = () => {
      const job = jobs.get(id);
      progress(job);
      if (isOver(job)) {
        unwatch();
        resolve(job);
      }
    };
    const unwatch = watch(look);
    signal?.addEventListener("abort", () => stop(id).catch(() => {}));
    look();
  });
}
