package archive

import "github.com/parquet-go/parquet-go"

// FormatVersion is the version of the Parquet layout this package writes. A
// reader refuses files with a higher one; files with a lower one stay readable.
const FormatVersion = 1

// Column numbers a column of the schema. The number is the column's position in
// the file (every column is a leaf at the top level) and its index in [Row].
type Column int

// The columns of format version 1, in file order.
const (
	ColumnTS Column = iota
	ColumnTSNanos
	ColumnUUID
	ColumnDirection
	ColumnCluster
	ColumnNamespace
	ColumnService
	ColumnL7Protocol
	ColumnTech
	ColumnCommand
	ColumnStatus
	ColumnLocation
	ColumnNetworkAddress
	ColumnDurationMS
	ColumnTraceID
	ColumnSession
	ColumnReqHeaders
	ColumnResHeaders
	ColumnTags
	ColumnNetinfo
	ColumnTokenList
	ColumnSignature
	ColumnReqBody
	ColumnResBody
	ColumnRest

	// NumColumns is how many columns format version 1 has.
	NumColumns int = iota
)

// Name returns the column's name as it stands in the file.
func (c Column) Name() string {
	return [NumColumns]string{
		ColumnTS:             "ts",
		ColumnTSNanos:        "ts_nanos",
		ColumnUUID:           "uuid",
		ColumnDirection:      "direction",
		ColumnCluster:        "cluster",
		ColumnNamespace:      "namespace",
		ColumnService:        "service",
		ColumnL7Protocol:     "l7protocol",
		ColumnTech:           "tech",
		ColumnCommand:        "command",
		ColumnStatus:         "status",
		ColumnLocation:       "location",
		ColumnNetworkAddress: "network_address",
		ColumnDurationMS:     "duration_ms",
		ColumnTraceID:        "trace_id",
		ColumnSession:        "session",
		ColumnReqHeaders:     "req_headers",
		ColumnResHeaders:     "res_headers",
		ColumnTags:           "tags",
		ColumnNetinfo:        "netinfo",
		ColumnTokenList:      "token_list",
		ColumnSignature:      "signature",
		ColumnReqBody:        "req_body",
		ColumnResBody:        "res_body",
		ColumnRest:           "rest",
	}[c]
}

// schemaRow fixes names, types, order and encodings of the columns. Only its
// tags are used: rows are written column by column.
//
// Optional columns are null where the record has no such field; an empty string
// is a value. ts and rest are always there. The uuid has no UUID annotation:
// Spark refuses to read a file that carries it (PARQUET_TYPE_ILLEGAL).
type schemaRow struct {
	TS             int64    `parquet:"ts,timestamp(microsecond),delta"`
	TSNanos        *int32   `parquet:"ts_nanos,optional"`
	UUID           [16]byte `parquet:"uuid,optional,plain,uncompressed"`
	Direction      []byte   `parquet:"direction,string,optional,dict"`
	Cluster        []byte   `parquet:"cluster,string,optional,dict"`
	Namespace      []byte   `parquet:"namespace,string,optional,dict"`
	Service        []byte   `parquet:"service,string,optional,dict"`
	L7Protocol     []byte   `parquet:"l7protocol,string,optional,dict"`
	Tech           []byte   `parquet:"tech,string,optional,dict"`
	Command        []byte   `parquet:"command,string,optional,dict"`
	Status         []byte   `parquet:"status,string,optional,dict"`
	Location       []byte   `parquet:"location,string,optional,dict"`
	NetworkAddress []byte   `parquet:"network_address,string,optional,dict"`
	DurationMS     *int32   `parquet:"duration_ms,optional"`
	TraceID        []byte   `parquet:"trace_id,string,optional,dict"`
	Session        []byte   `parquet:"session,string,optional,dict"`
	ReqHeaders     []byte   `parquet:"req_headers,string,optional,plain"`
	ResHeaders     []byte   `parquet:"res_headers,string,optional,plain"`
	Tags           []byte   `parquet:"tags,string,optional,plain"`
	Netinfo        []byte   `parquet:"netinfo,string,optional,plain"`
	TokenList      []byte   `parquet:"token_list,string,optional,plain"`
	Signature      []byte   `parquet:"signature,string,optional,plain"`
	ReqBody        []byte   `parquet:"req_body,optional,plain"`
	ResBody        []byte   `parquet:"res_body,optional,plain"`
	Rest           []byte   `parquet:"rest,string,plain"`
}

// Schema returns the Parquet schema of format version 1.
func Schema() *parquet.Schema {
	return parquet.NewSchema("rrpair", parquet.SchemaOf(schemaRow{}))
}

// Keys of the file's key-value metadata.
const (
	MetaFormatVersion = "rrpair.format.version"     // decimal, see FormatVersion
	MetaWriter        = "rrpair.writer.version"     // version of the writing software
	MetaRecords       = "rrpair.records"            // decimal, rows in the file
	MetaMinTS         = "rrpair.ts.min"             // decimal, microseconds since 1970-01-01 UTC
	MetaMaxTS         = "rrpair.ts.max"             // decimal, microseconds since 1970-01-01 UTC
	MetaPolicies      = "rrpair.redaction.policies" // comma separated policy ids, empty: unredacted
)
