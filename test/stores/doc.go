// Package stores tests internal/bucket and the example policies against real object stores.
package stores
