-- The announcements of the UK-France pilot, "one in, one out".
--
-- Each row is one public statement: totals since the pilot began, on the day
-- of the statement.  returned_to_france are people removed from the United
-- Kingdom to France, arrived_under_scheme are people who came from France in
-- exchange.  The 350 of 27 January 2026 was given as "about 350".

CREATE TABLE pilot_announcements (
    as_of                date PRIMARY KEY,
    returned_to_france   bigint NOT NULL,
    arrived_under_scheme bigint NOT NULL,
    reported_as          text NOT NULL
);

INSERT INTO pilot_announcements VALUES
    ('2025-09-18',   1,   0, 'first removal flight'),
    ('2025-10-19',  42,  18, 'Home Office press release (42); AFP the same day (18)'),
    ('2025-10-31',  75,  51, 'reported on the Friday after two flights of 13 and 20'),
    ('2025-11-10',  94,  57, 'Home Office statement reported in the week of 10 November'),
    ('2025-11-17', 113,  84, 'Home Secretary: 113 returned in two months on 13 flights; 84 arrived'),
    ('2025-12-31', 193, 195, 'Home Office figures for September to December 2025'),
    ('2026-01-27', 281, 350, 'Home Secretary on LBC on Tuesday 27 January 2026: 281 and about 350');
