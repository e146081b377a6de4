// Package hostile tests redaction against what it was not made for: values in spellings that nobody thought of, and input
// that wants to take it down.
package hostile
