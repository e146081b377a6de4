//go:build tools

// Package tools pins the versions of the programs that build, generate and check this repository, away from the
// module that users depend on.
package tools

import (
	_ "github.com/golangci/golangci-lint/v2/cmd/golangci-lint"
	_ "go.opentelemetry.io/collector/cmd/builder"
	_ "go.opentelemetry.io/collector/cmd/mdatagen"
)
