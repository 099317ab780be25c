// Package postgis keeps editions in a PostgreSQL database with PostGIS, and answers questions about them there. Several
// servers may share a database. It is the only importer of pgx.
//
// The tables are those of package migrations. A draft's households are in a table of their own, household_<n>; its
// enrolments in draft_enrolment. Publication fills household_state_<n> and enrolment_<n> and attaches all three as
// partitions, in one transaction. Nothing published is written again.
//
// Every writer of an edition locks its row first, so that imports into one draft queue and publication sees it whole. A
// sequence given to a Put method may read the store but must not write to the same edition: it would wait for itself.
package postgis
