package content

import (
	"strings"
	"testing"
)

// named lists the values of a container with their names.
func named(parts []Part) string {
	var out []string
	for _, p := range parts {
		if p.Role == RoleValue && !p.Key && !p.Opaque {
			out = append(out, string(p.Name)+"="+string(p.Text))
		}
	}
	return strings.Join(out, " | ")
}

func TestLiteralsAreNamedByTheirColumns(t *testing.T) {
	for sql, want := range map[string]string{
		`SELECT * FROM users u WHERE u.email = 'jane@x.com' AND ssn IN ('1','2') OR name LIKE 'J%'`: "email=jane@x.com | ssn=1 | ssn=2 | name=J%",
		`insert into t (id, email, note) values (1, 'a@b', now()), (2, lower('C@D'), 'x')`:          "id=1 | email=a@b | id=2 | email=C@D | note=x",
		`INSERT INTO "t" ("id", "e mail") VALUES (1, 'a')`:                                          "id=1 | e mail=a",
		"UPDATE `t` SET `phone` = '555', b = lower('x') WHERE id = 7":                               "phone=555 | b=x | id=7",
		`SELECT 'x' AS email, 'y'::text, 5 AS five FROM t WHERE '1' = ssn`:                          "email=x | =y | five=5 | ssn=1",
		`SELECT 1 WHERE age BETWEEN 18 AND 30 AND lower(email) = lower('A')`:                        "=1 | age=18 | age=30 | email=A",
		`SELECT * FROM t WHERE a.x = b.y AND z = "dq"`:                                              "z=dq",
		`SELECT * FROM t WHERE n = 'it\'s' AND m = 'x'`:                                             "n=it's | m=x",
		`SELECT * FROM t WHERE path = 'C:\' AND m = 'x'`:                                            `path=C:\ | m=x`,
		`INSERT INTO t VALUES (1, 'a')`:                                                             "=1 | =a",
		`INSERT INTO t (a) VALUES ('1') ON CONFLICT (a) DO UPDATE SET b = '2' WHERE t.c = '3'`:      "a=1 | b=2 | c=3",
		`DELETE FROM t WHERE email <> 'x' LIMIT 3`:                                                  "email=x | =3",
	} {
		var s Splitter
		parts, err := s.Split(nil, []byte(sql), SQL, 0)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if got := named(parts); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
}

func TestPlaceholdersAreNamedByTheirColumns(t *testing.T) {
	for sql, want := range map[string]string{
		`SELECT * FROM u WHERE email = $2 AND id = $1`:                           "id,email",
		`INSERT INTO u (a, "b") VALUES (?, ?), (?, ?)`:                           "a,b,a,b",
		`UPDATE u SET phone = :p, x = :x WHERE y > @z LIMIT $1`:                  "phone,x,y",
		`SELECT * FROM u WHERE name LIKE ? AND id IN (?, ?) LIMIT ?`:             "name,id,id,",
		`INSERT INTO u (email) VALUES ($1) ON CONFLICT DO UPDATE SET phone = $2`: "email,phone",
		`SELECT $1::text, lower($2) FROM u WHERE lower(email) = lower($3)`:       ",,email",
		`UPDATE u SET a = 'x''?', b = ? -- ?`:                                    "b",
		`CALL f(:name)`:                                                          "name",
	} {
		var got []string
		for _, name := range BindNames(nil, []byte(sql)) {
			got = append(got, string(name))
		}
		if strings.Join(got, ",") != want {
			t.Errorf("%s: got %q, want %q", sql, got, want)
		}
	}
}

func TestPasswordsInStatementsAreNamed(t *testing.T) {
	for sql, want := range map[string]string{
		`CREATE USER 'shop'@'%' IDENTIFIED BY 'tr0ub4dor'`:        "=shop | =% | IDENTIFIED BY=tr0ub4dor",
		`ALTER ROLE shop WITH LOGIN PASSWORD 'tr0ub4dor'`:         "PASSWORD=tr0ub4dor",
		`SELECT * FROM u WHERE password = 'x' AND login = 'y'`:    "password=x | login=y",
		`UPDATE u SET password = 'x', a = 'b' ORDER BY c LIMIT 5`: "password=x | a=b | =5",
		`INSERT INTO u (a, password) VALUES ('1', '2')`:           "a=1 | password=2",
		`SELECT password FROM u WHERE id = 'x'`:                   "id=x",
	} {
		var s Splitter
		parts, err := s.Split(nil, []byte(sql), SQL, 0)
		if err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		if got := named(parts); got != want {
			t.Errorf("%s\n got %s\nwant %s", sql, got, want)
		}
	}
}

func TestSentencesAndProgramsAreNoContainers(t *testing.T) {
	for _, text := range []string{
		"Call me back: (503) 931-0068. Cheers", "call (503) 931-0068", "Create a ticket (urgent) for me", "Set the phone (503) 931-0068", "grant me access ('now')",
		"this.password = password;", "const password = request.body.password;", "encoder = new PasswordEncoder();",
	} {
		if format := Sniff([]byte(text), "", ""); format != Plain {
			t.Errorf("%q was taken for %v", text, format)
		}
	}
	for text, want := range map[string]Format{
		"CALL report('x')": SQL, "call shop.report (1)": Plain, "CREATE TABLE t (id int)": SQL, "GRANT SELECT ON t TO 'x'": SQL, "SET password = 'x'": SQL,
		"create or replace view v as select ('x')": SQL, "Server=db; Initial Catalog=x;Password=x;": Params,
	} {
		if format := Sniff([]byte(text), "", ""); format != want {
			t.Errorf("%q was taken for %v, not %v", text, format, want)
		}
	}
}
