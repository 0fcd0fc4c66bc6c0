// Refuses a query that would count the same people twice: figures of months need one
// ledger and one home, as a filter or as dimensions of the rows.
module.exports = {
  queryRewrite: (query) => {
    const members = [...(query.measures ?? []), ...(query.dimensions ?? [])];

    if (!members.some((member) => member.startsWith('months.'))) return query;
    for (const needed of ['months.ledger', 'months.home']) {
      const chosen = (query.filters ?? []).some((filter) =>
        (filter.member ?? filter.dimension) === needed && filter.operator === 'equals' && filter.values?.length === 1);

      if (!chosen && !(query.dimensions ?? []).includes(needed)) {
        throw new Error(`filter by one value of ${needed}, or list it: two homes count the same people twice`);
      }
    }
    return query;
  },
};
