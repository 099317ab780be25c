package registry

import (
	"errors"
	"fmt"
)

// Code says what kind of failure an Error is. The values are those that API clients see in extensions.code.
type Code string

// The codes of the API. Anything that is not an Error is INTERNAL to a client.
const (
	CodeBadUserInput    Code = "BAD_USER_INPUT"
	CodeInvalidGeometry Code = "INVALID_GEOMETRY"
	CodeNotFound        Code = "NOT_FOUND"
	CodeConflict        Code = "CONFLICT"
	CodeCursorStale     Code = "CURSOR_STALE"
	CodeUnauthenticated Code = "UNAUTHENTICATED"
	CodeForbidden       Code = "FORBIDDEN"
	CodeDisclosureLimit Code = "DISCLOSURE_LIMIT"
	CodeComplexity      Code = "COMPLEXITY_LIMIT_EXCEEDED"
	CodeRateLimited     Code = "RATE_LIMITED"
	CodeUnavailable     Code = "UNAVAILABLE"
	CodeInternal        Code = "INTERNAL"
)

// Error is a failure that a person caused or can act on. Message is written for that person; Field names the
// argument, column or flag at fault ("filter.where.near.radiusMeters") and may be empty; Cause is for logs only.
type Error struct {
	Code    Code
	Field   string
	Message string
	Cause   error
}

func (e *Error) Error() string {
	if e.Field == "" {
		return e.Message
	}
	return e.Field + ": " + e.Message
}

func (e *Error) Unwrap() error { return e.Cause }

// Errorf makes an Error whose message is formatted; a %w operand becomes the cause.
func Errorf(code Code, field, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Field: field, Message: err.Error(), Cause: errors.Unwrap(err)}
}

// Invalid is Errorf with CodeBadUserInput, by far the most common.
func Invalid(field, format string, args ...any) *Error {
	return Errorf(CodeBadUserInput, field, format, args...)
}

// NotFound says that what is named does not exist, e.g. NotFound("area", "no area has the code 19.99").
func NotFound(field, format string, args ...any) *Error {
	return Errorf(CodeNotFound, field, format, args...)
}

// Conflict says that the request does not fit the state of things, e.g. a second publication.
func Conflict(field, format string, args ...any) *Error {
	return Errorf(CodeConflict, field, format, args...)
}

// CodeOf gives the code of the first Error in err's chain, CodeInternal for any other error and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return CodeInternal
}

// Under prefixes the field of an Error, so that a nested validator need not know where it stands.
func Under(prefix string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	field := prefix
	switch {
	case e.Field != "" && prefix != "" && e.Field[0] == '[':
		field = prefix + e.Field
	case e.Field != "" && prefix != "":
		field = prefix + "." + e.Field
	case prefix == "":
		field = e.Field
	}
	return &Error{Code: e.Code, Field: field, Message: e.Message, Cause: e.Cause}
}

// At gives an Error another field: that of an argument which was asked about under another name.
func At(field string, err error) error {
	var e *Error
	if !errors.As(err, &e) {
		return err
	}
	return &Error{Code: e.Code, Field: field, Message: e.Message, Cause: e.Cause}
}
