// Package storetest says what a store and an engine must do, as tests: RunStore, RunLedger and RunEngine take a
// constructor and try every sentence of the contracts in package registry. A visible difference between two back-ends is
// a defect of one of them, so there is no list of tests to skip.
//
// The engine suite compares with Reference, which answers by plain loops. It lives here and shares no code with any
// engine, so that it can be read against the contract alone. City makes the small cities that the suites are run on.
package storetest
