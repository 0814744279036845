// npm's harvest-v2, unmodified. It has no setting for its host: every resource keeps its address in `baseUri`.
const Harvest = require('harvest-v2');

const HARVEST = 'https://api.harvestapp.com';

async function main({ url, key, account, project, task, day }) {
  const harvest = new Harvest({ account_ID: account, access_token: key, user_agent: 'tests (them@example.com)' });
  for (const resource of Object.values(harvest)) {
    if (resource.baseUri) resource.baseUri = resource.baseUri.replace(HARVEST, url);
  }
  const { timeEntries, clients, projectTaskAssignments } = harvest;

  const firstPage = await timeEntries.listBy({ per_page: 3, page: 2 });
  const started = await timeEntries.create({ project_id: project, task_id: task, spent_date: day });
  const stopped = await timeEntries.stop(started.id);
  const noted = await timeEntries.update(started.id, { notes: 'Grafted “öbst”' });
  const restarted = await timeEntries.restart(started.id);
  await timeEntries.stop(started.id);
  const deleted = await timeEntries.delete(started.id);
  const gone = await timeEntries.retrieve(started.id);
  const made = await clients.create({ name: 'Vandelay' });
  return {
    firstPage,
    states: [started, stopped, restarted].map((entry) => entry.is_running),
    notes: noted.notes,
    deleted,
    gone,
    listed: (await clients.list()).clients.map((client) => client.id).includes(made.id),
    company: await harvest.company.retrieve(),
    me: await harvest.users.retrieve('me'),
    assignments: (await projectTaskAssignments.list(project)).task_assignments.length,
    refused: await clients.create({}),
  };
}

let given = '';
process.stdin.on('data', (piece) => { given += piece; });
process.stdin.on('end', async () => {
  console.log(JSON.stringify(await main(JSON.parse(given))));
});
