// Talking to the sandbox: JSON over fetch, refusals as Error with words for people.

async function read(response) {
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error || `出错了（${response.status}）`);
  return answer;
}

export async function get(what, args) {
  return read(await fetch(`/phone/api/${what}?${new URLSearchParams(args)}`, { cache: "no-store" }));
}

export async function act(action, given) {
  return read(
    await fetch(`/phone/api/${action}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(given),
    }),
  );
}
