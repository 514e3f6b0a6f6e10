/** The line by which anybody reads the same from the log, without us. */
export function Audit({ id }: { id: string }) {
  return (
    <section id="log">
      <h2>From the log itself</h2>
      <p class="copyable">
        <code id="nats-line">{`nats stream view MATCHES --subject 'match.${id}.>'`}</code>{" "}
        <button type="button" class="button plain needs-script" data-copy="nats-line">
          Copy
        </button>
      </p>
      <p>
        <a href={`/matches/${id}/events`}>Raw events</a> · <a href={`/api/matches/${id}`}>As JSON</a> ·{" "}
        <a href={`/api/matches/${id}/events`}>Events as JSON</a>
      </p>
    </section>
  );
}
