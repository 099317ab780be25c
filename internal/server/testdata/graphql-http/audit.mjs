// Runs all server audits of the package graphql-http against the URL that is given, one after the other, and prints a
// line of JSON for each: {"id", "name", "status", "reason"}. Status is ok, or of a requirement that is not met: error
// for MUST, warn for SHOULD, notice for MAY.
import { serverAudits } from 'graphql-http';

const [url] = process.argv.slice(2);
for (const audit of serverAudits({ url })) {
  const result = await audit.fn();
  let reason = result.reason ?? '';
  if (result.response) {
    reason += `; answered ${result.response.status} ${result.response.headers.get('content-type')}`;
    if (!result.response.bodyUsed) {
      reason += ` ${(await result.response.text()).slice(0, 300)}`;
    }
  }
  console.log(JSON.stringify({ id: audit.id, name: audit.name, status: result.status, reason }));
}
