package filestore

import (
	"errors"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"kantong/internal/geopackage"
	"kantong/internal/registry"
)

// given is an error of a sequence that a caller handed in. It goes back as it came.
type given struct{ error }

// translate makes failures of SQLite errors of the registry, by result code. Every other error stays as it is.
func translate(err error) error {
	var theirs given
	var known *registry.Error
	var failure *sqlite.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &theirs):
		return theirs.error
	case errors.As(err, &known):
		return err
	case errors.Is(err, geopackage.ErrNotGeoPackage):
		return &registry.Error{Code: registry.CodeConflict, Field: "data", Message: RegistryFile + " holds something else than a registry", Cause: err}
	case !errors.As(err, &failure):
		return err
	}
	message, code := "", registry.CodeUnavailable
	switch failure.Code() & 0xff { // the low byte is the primary code
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		message = "another program is writing to the registry file; try again when it has finished"
	case sqlite3.SQLITE_FULL:
		message = "the disk is full; nothing of this was stored"
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM, sqlite3.SQLITE_PROTOCOL:
		message = "the registry file cannot be read or written"
	case sqlite3.SQLITE_NOMEM:
		message = "there is not enough memory"
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		message = "the registry file is damaged; restore it from a copy"
	case sqlite3.SQLITE_CONSTRAINT:
		message, code = "what was given contradicts what is stored", registry.CodeConflict
	case sqlite3.SQLITE_TOOBIG:
		message, code = "a text or boundary is too large to store", registry.CodeBadUserInput
	default:
		return err
	}
	return &registry.Error{Code: code, Message: message, Cause: err}
}

// isTaken tells whether err says that a row of the same key is there already.
func isTaken(err error) bool {
	var failure *sqlite.Error
	return errors.As(err, &failure) &&
		(failure.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE || failure.Code() == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY)
}
