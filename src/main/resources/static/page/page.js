// Keeps the part of the page fresh that changes during a run, and the whole once a run has begun or ended.
(() => {
  const often = 2000;
  const seldom = 15000;
  const news = document.getElementById('news');

  const isRunning = (page) => page.getElementById('now')?.dataset.running === 'true';

  // What has the focus or is unfolded stays so.
  const replace = (id, page) => {
    const old = document.getElementById(id);
    const fresh = page.getElementById(id);
    if (!old || !fresh) {
      return;
    }
    const focused = document.activeElement;
    if (old.contains(focused) && !focused.id) {
      return;
    }
    const focusedId = old.contains(focused) ? focused.id : null;
    const open = [...old.querySelectorAll('details')].map((one) => one.open);
    old.replaceWith(document.adoptNode(fresh));
    [...fresh.querySelectorAll('details')].forEach((one, i) => { one.open = open[i] ?? false; });
    if (focusedId) {
      document.getElementById(focusedId)?.focus();
    }
  };

  const fetchPage = async (address) => {
    const answer = await fetch(address, { headers: { Accept: 'text/html' }, redirect: 'error' });
    if (!answer.ok) {
      throw new Error(answer.status);
    }
    return new DOMParser().parseFromString(await answer.text(), 'text/html');
  };

  const look = async () => {
    try {
      const was = isRunning(document);
      const fresh = await fetchPage('now');
      const is = isRunning(fresh);
      replace('now', fresh);
      if (was !== is) {
        news.textContent = document.getElementById('state').textContent;
        const whole = await fetchPage('.');
        ['buttons', 'arrivals', 'failures'].forEach((id) => replace(id, whole));
      }
      document.body.classList.remove('stale');
    } catch {
      document.body.classList.add('stale');
    }
    setTimeout(look, isRunning(document) ? often : seldom);
  };

  if (document.getElementById('now')) {
    setTimeout(look, often);
  }
})();
