// Refuses a query that would count the same people twice: figures need one ledger and
// one home, as a filter or as dimensions of the rows.
const figures = ['months', 'quarters', 'years'];

module.exports = {
  queryRewrite: (query) => {
    const members = [...(query.measures ?? []), ...(query.dimensions ?? [])];
    const chosen = (query.filters ?? [])
      .filter((filter) => filter.operator === 'equals' && filter.values?.length === 1)
      .map((filter) => filter.member ?? filter.dimension);
    const known = [...chosen, ...(query.dimensions ?? [])];

    for (const cube of figures.filter((name) => members.some((member) => member.startsWith(`${name}.`)))) {
      for (const needed of [`${cube}.ledger`, `${cube}.home`]) {
        if (!known.includes(needed)) {
          throw new Error(`filter by one value of ${needed}, or list it: two homes count the same people twice`);
        }
      }
    }
    return query;
  },
};
