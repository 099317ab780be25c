package postgis

import (
	"context"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"kantong/internal/registry"
)

// given is an error of a sequence that a caller handed in. It goes back as it came.
type given struct{ error }

// translate makes failures of the database errors of the registry, by SQLSTATE. Every other error stays as it is. The
// URL, hence a password, is in none of them.
func translate(err error) error {
	var theirs given
	var known *registry.Error
	var failure *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &theirs):
		return theirs.error
	case errors.As(err, &known), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && !isUnreachable(err):
		return err
	case errors.As(err, &failure):
		return translateState(failure, err)
	case isUnreachable(err):
		return &registry.Error{Code: registry.CodeUnavailable, Message: "the database cannot be reached", Cause: err}
	}
	return err
}

// isUnreachable tells whether err is about the connection and not about what was sent over it.
func isUnreachable(err error) bool {
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isClosed(err)
}

// isClosed tells whether err is pgconn's answer to the use of a connection that is broken already.
func isClosed(err error) bool {
	var closed interface{ SafeToRetry() bool }
	return errors.As(err, &closed) && closed.SafeToRetry()
}

// The SQLSTATEs with an answer of their own.
const (
	stateUniqueViolation   = "23505"
	stateQueryCanceled     = "57014"
	stateUndefinedTable    = "42P01"
	stateNoPrivilege       = "42501"
	stateNoDatabase        = "3D000"
	stateLockNotAvailable  = "55P03"
	stateNotThatState      = "55000" // raised by kantong.require_draft
	stateUntranslatable    = "22P05"
	stateNotInRepertoire   = "22021"
	stateNumericOutOfRange = "22003"
	stateInvalidPassword   = "28P01"
	stateNoAuthorization   = "28000"
)

func translateState(failure *pgconn.PgError, err error) error {
	message, field, code := "", "", registry.CodeUnavailable
	switch class := failure.Code[:min(2, len(failure.Code))]; {
	case failure.Code == stateQueryCanceled:
		message = "the database took too long to answer"
	case failure.Code == stateLockNotAvailable, failure.Code == "40P01", failure.Code == "40001":
		message = "another writer is busy with the same; try again when it has finished"
	case class == "08", class == "57":
		message = "the database is not available"
	case failure.Code == stateNoDatabase:
		message, field = "there is no such database", "database"
	case failure.Code == stateInvalidPassword, failure.Code == stateNoAuthorization:
		message, field = "the database does not accept this user or password", "database"
	case class == "53":
		message = "the database has no room for this: disk, memory or connections are used up"
	case class == "58", class == "XX":
		message = "the database cannot read or write its files"
	case failure.Code == stateNoPrivilege:
		message, field, code = "the database user has no right to do this: "+failure.Message, "database", registry.CodeConflict
	case class == "P0", class == "0A": // raised by a migration, or PostGIS is not there
		message, field, code = "the database is not fit for a registry: "+failure.Message, "database", registry.CodeConflict
	case class == "23", failure.Code == stateNotThatState:
		message, code = "what was given contradicts what is stored", registry.CodeConflict
	case failure.Code == stateNotInRepertoire, failure.Code == stateUntranslatable:
		message, code = "a text is not valid UTF-8, or holds a zero byte", registry.CodeBadUserInput
	case failure.Code == stateNumericOutOfRange:
		message, code = "a number is too large to store", registry.CodeBadUserInput
	default:
		return err
	}
	return &registry.Error{Code: code, Field: field, Message: message, Cause: err}
}

// isTaken tells whether err says that a row of the same key is there already.
func isTaken(err error) bool {
	var failure *pgconn.PgError
	return errors.As(err, &failure) && failure.Code == stateUniqueViolation
}

// takenID is the id that a unique_violation names: "Key (id)=(…) already exists."
func takenID(err error) string {
	var failure *pgconn.PgError
	if !errors.As(err, &failure) {
		return ""
	}
	_, rest, _ := strings.Cut(failure.Detail, "=(")
	id, _, _ := strings.Cut(rest, ")")
	return strings.ReplaceAll(id, "-", "")
}
