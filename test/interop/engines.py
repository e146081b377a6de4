"""Reads an archive with one engine and compares it with what was written.

    engines.py ENGINE ARCHIVE EXPECTED VIEW

ENGINE is pyarrow, duckdb or spark, ARCHIVE a local folder, EXPECTED a file of JSON lines, one for each row, VIEW the SQL
of the de-duplicating view (pyarrow has none). Prints what differs and ends with 1, or prints one line and ends with 0.
"""

import glob
import hashlib
import json
import sys

COLUMNS = ["ts", "ts_nanos", "uuid", "direction", "cluster", "namespace", "service", "l7protocol", "tech", "command",
           "status", "location", "network_address", "duration_ms", "trace_id", "session", "req_headers", "res_headers",
           "tags", "netinfo", "token_list", "signature", "req_body", "res_body", "rest"]
# Columns that a predicate is tried on; with and without bounds, filters and dictionaries.
PREDICATES = ["service", "status", "location", "trace_id", "session", "req_headers", "rest", "duration_ms"]


def digest(value):
    return hashlib.sha256(bytes(value)).hexdigest()


def normal(column, value):
    """The value as the expectation has it."""
    if value is None:
        return None
    if column in ("uuid",):
        return bytes(value).hex()
    if column in ("req_body", "res_body"):
        return digest(value)
    return value


class PyArrow:
    def __init__(self, archive):
        import pyarrow.dataset as dataset
        self.data = dataset.dataset(glob.glob(archive + "/v1/**/*.parquet", recursive=True), format="parquet")

    def rows(self):
        import pyarrow as pa
        table = self.data.to_table(columns=COLUMNS)
        assert table.schema.field("ts").type == pa.timestamp("us", tz="UTC"), table.schema.field("ts").type
        names = table.column_names
        columns = [table["ts"].cast(pa.int64())] + [table[name] for name in names[1:]]
        return [dict(zip(names, row)) for row in zip(*(column.to_pylist() for column in columns))]

    def count(self, column, value):
        import pyarrow.dataset as dataset
        return self.data.count_rows(filter=dataset.field(column) == value)

    def unique(self, view):
        return None


class DuckDB:
    def __init__(self, archive):
        import duckdb
        self.archive, self.db = archive, duckdb.connect()
        self.db.execute("SET TimeZone = 'UTC'")
        self.files = f"read_parquet('{archive}/v1/**/*.parquet')"

    def rows(self):
        kind = self.db.execute(f"SELECT typeof(ts) FROM {self.files} LIMIT 1").fetchone()[0]
        assert kind == "TIMESTAMP WITH TIME ZONE", kind
        self.db.execute(f"SELECT epoch_us(ts) AS ts, {', '.join(COLUMNS[1:])} FROM {self.files}")
        return [dict(zip(COLUMNS, row)) for row in self.db.fetchall()]

    def count(self, column, value):
        return self.db.execute(f"SELECT count(*) FROM {self.files} WHERE {column} = ?", [value]).fetchone()[0]

    def unique(self, view):
        self.db.execute(view.replace("ARCHIVE", self.archive))
        return self.db.execute("SELECT CAST(uuid AS VARCHAR), CAST(date AS VARCHAR), hour FROM rrpairs").fetchall()


class Spark:
    def __init__(self, archive):
        from pyspark.sql import SparkSession
        self.archive = archive
        self.session = (SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
                        .config("spark.driver.bindAddress", "127.0.0.1").config("spark.driver.host", "127.0.0.1")
                        .config("spark.sql.session.timeZone", "UTC").config("spark.sql.shuffle.partitions", "2")
                        .getOrCreate())
        self.session.sparkContext.setLogLevel("ERROR")
        self.session.read.parquet(archive + "/v1/").createOrReplaceTempView("files")

    def rows(self):
        schema = {field.name: field.dataType.simpleString() for field in self.session.table("files").schema}
        assert schema["ts"] == "timestamp", schema
        found = self.session.sql(f"SELECT unix_micros(ts) AS ts, {', '.join(COLUMNS[1:])} FROM files").collect()
        return [row.asDict() for row in found]

    def count(self, column, value):
        from pyspark.sql.functions import col, lit
        return self.session.table("files").where(col(column) == lit(value)).count()

    def unique(self, view):
        text = "\n".join(line for line in view.splitlines() if not line.strip().startswith("--"))
        for statement in text.replace("ARCHIVE", self.archive).split(";"):
            if statement.strip():
                self.session.sql(statement)
        return [tuple(row) for row in
                self.session.sql("SELECT uuid, CAST(date AS STRING), hour FROM rrpairs").collect()]


def compare(engine, expected):
    """Yields what differs between the rows an engine reads and those written."""
    found = engine.rows()
    if len(found) != len(expected):
        yield f"{len(found)} rows instead of {len(expected)}"
        return
    order = lambda row: (row["uuid"], row["ts"])
    found = sorted(({c: normal(c, row[c]) for c in COLUMNS} for row in found), key=order)
    for got, want in zip(found, sorted(expected, key=order)):
        for column in COLUMNS:
            if got[column] != want[column]:
                yield f"{want['uuid']}: {column} is {got[column]!r} instead of {want[column]!r}"
    for column in PREDICATES:
        values = sorted({row[column] for row in expected if row[column] is not None})
        for value in values[:: max(1, len(values) // 3)]:
            want = sum(row[column] == value for row in expected)
            got = engine.count(column, value)
            if got != want:
                yield f"{column} = {value!r} finds {got} rows instead of {want}"


def compare_view(unique, expected):
    if unique is None:
        return
    want = sorted({(row["hyphenated"], row["date"], row["hour"]) for row in expected})
    got = sorted((u, d, int(h)) for u, d, h in unique)
    if got != want:
        yield f"the view shows {len(got)} rows, {len(want)} are different; {sorted(set(want) ^ set(got))[:3]}"


def main(name, archive, expected_path, view_path):
    with open(expected_path, encoding="utf-8") as file:
        expected = [json.loads(line) for line in file]
    engine = {"pyarrow": PyArrow, "duckdb": DuckDB, "spark": Spark}[name](archive)
    differences = list(compare(engine, expected))
    if view_path:
        with open(view_path, encoding="utf-8") as file:
            differences += compare_view(engine.unique(file.read()), expected)
    for line in differences[:20]:
        print(line)
    if differences:
        print(f"{name}: {len(differences)} differences")
        sys.exit(1)
    print(f"{name}: {len(expected)} rows and their values are as written")


main(*sys.argv[1:])
