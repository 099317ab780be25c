// Package registry holds the notions of the program as plain types: areas and their codes, households and their
// deprivations, programmes and enrolments, editions and their releases, the filter that says which households, pages
// and cursors, and one error type. It also states the two contracts everything else is built around: Store, which
// keeps data durably, and Engine, which answers questions about households.
//
// It knows no database, no file format and no GraphQL.
package registry
