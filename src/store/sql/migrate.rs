//! An installation moved from a data folder to PostgreSQL: every row of every table, counted and summed on both sides.

use futures_util::TryStreamExt;
use restante_model::Name;
use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::{
    Database, Fault, Installation, Query, Row, SqlStore, Tx, Value, elsewhere, query, query_scalar, schema,
    stored,
};
use crate::{Refusal, StoreError, Unavailable, part::Part, postgres};

/// Rows in one statement: enough that the way to the server hardly counts.
const ROWS: usize = 100;

/// What was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Every table of every database.
    pub tables: Vec<MigratedTable>,
}

/// A table that was moved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MigratedTable {
    /// Where it lies now.
    pub database: String,
    /// Its name.
    pub table: String,
    /// How many rows it has, the same and with the same content on both sides.
    pub rows: u64,
}

/// Where a database lies, and where it is to lie.
struct Way {
    from: String,
    to: String,
}

impl SqlStore {
    /// Copies this data folder into an empty database of PostgreSQL. Nobody writes into the folder meanwhile, and
    /// nothing in it changes. The registry comes last: until it is there, nothing serves the copy.
    pub async fn migrate_to(&self, url: &str) -> Result<Migrated, StoreError> {
        let Installation::Folder(..) = *self.installation else {
            return Err(StoreError::Refused(Refusal::OnPostgresAlready));
        };
        let server = postgres::Server::new(url)?;
        server.refuse_lent_connections().await?;
        let target = Installation::Server(Box::new(server));
        let registry = target.registry();
        let move_in = async {
            let mut tx = registry.write_alone().await?;
            empty(&mut tx, &registry).await?;
            let mut source = self.registry.write().await?;
            let offices = offices(&mut source).await?;
            let ways = self.ways(&target, &mut source, &offices).await?;
            // All are held from before the first row is read until the last has its place.
            let mut databases = Vec::with_capacity(ways.len());
            for way in ways {
                let from = self.database(&way.from)?;
                let held = from.write().await.map_err(|fault| fault.at("opening", &from))?;
                databases.push((way, from, held));
            }
            let mut tables = Vec::new();
            for (way, from, source) in &mut databases {
                target.prepare(&way.to).await?;
                let to = target.database(&way.to, true)?;
                let moved = async {
                    let mut tx = to.write_alone().await?;
                    empty(&mut tx, &to).await?;
                    tables.extend(copy(source, from, &mut tx, &to).await?);
                    Ok(tx.commit().await?)
                };
                moved.await.map_err(|fault: Fault| fault.at("storing what moves", &to))?;
            }
            tables.extend(copy(&mut source, &self.registry, &mut tx, &registry).await?);
            for office in &offices {
                query("UPDATE office SET location = $2 WHERE name = $1")
                    .bind(office.name.as_str())
                    .bind(office.moved_to(&target))
                    .execute(&mut tx)
                    .await?;
            }
            tx.commit().await?;
            Ok(Migrated { tables })
        };
        move_in.await.map_err(|fault: Fault| fault.at("storing what moves", &registry))
    }

    /// Every database but the registry, each once.
    async fn ways(
        &self,
        target: &Installation,
        registry: &mut Tx,
        offices: &[Office],
    ) -> Result<Vec<Way>, Fault> {
        let organisations: Vec<String> =
            query_scalar("SELECT name FROM organisation ORDER BY name").fetch_all(registry).await?;
        let mut ways = Vec::new();
        for name in &organisations {
            let name: Name = stored(name, "organisation", name)?;
            ways.push(Way { from: self.installation.organisation(&name), to: target.organisation(&name) });
        }
        let own = offices.iter().filter(|office| !elsewhere(&office.location));
        for office in own {
            if !ways.iter().any(|way| way.from == office.location) {
                ways.push(Way { from: office.location.clone(), to: office.moved_to(target) });
            }
        }
        Ok(ways)
    }
}

/// A post office as the registry has it.
struct Office {
    name: Name,
    location: String,
}

impl Office {
    /// The location that it is to have.
    fn moved_to(&self, target: &Installation) -> String {
        let inside = self.location.strip_prefix("organisations/").and_then(|file| file.strip_suffix(".db"));
        match inside.and_then(|organisation| organisation.parse().ok()) {
            _ if elsewhere(&self.location) => self.location.clone(),
            Some(organisation) => target.organisation(&organisation),
            None => target.office(&self.name),
        }
    }
}

async fn offices(registry: &mut Tx) -> Result<Vec<Office>, Fault> {
    let rows = query("SELECT name, location FROM office ORDER BY name").fetch_all(registry).await?;
    rows.iter()
        .map(|row| {
            let name: String = row.try_get("name")?;
            Ok(Office { name: stored(&name, "office", &name)?, location: row.try_get("location")? })
        })
        .collect()
}

async fn empty(tx: &mut Tx, database: &Database) -> Result<(), Fault> {
    if schema::tables(tx).await? == 0 {
        return Ok(());
    }
    Err(StoreError::Refused(Refusal::DatabaseNotEmpty { database: database.address() }).into())
}

/// Makes the same kinds of tables, and fills them.
async fn copy(
    source: &mut Tx,
    from: &Database,
    target: &mut Tx,
    to: &Database,
) -> Result<Vec<MigratedTable>, Fault> {
    let reading = |fault: Fault| Fault::Store(fault.at("reading what moves", from));
    for part in [Part::Registry, Part::Organisation, Part::Office] {
        let (found, known) = (schema::found(source, part).await.map_err(reading)?, schema::version(part));
        if found == known {
            schema::create(target, to, part).await?;
        } else if found > 0 {
            let why = Unavailable::UpgradeNeeded { part: part.name(), found, needed: known };
            return Err(StoreError::Gate { database: from.address(), why }.into());
        }
    }
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' \
                  AND name <> 'schema_version' ORDER BY rowid";
    let tables: Vec<String> =
        query_scalar(tables).fetch_all(source).await.map_err(|error| reading(error.into()))?;
    let mut moved = Vec::with_capacity(tables.len());
    for name in tables {
        let table = Table::describe(source, name).await.map_err(reading)?;
        let before = table.copy(source, target).await?;
        let after = table.sum(target).await?;
        if before != after {
            let refusal = Refusal::NotMoved {
                table: table.name,
                database: from.address(),
                rows: after.rows,
                expected: before.rows,
            };
            return Err(StoreError::Refused(refusal).into());
        }
        moved.push(MigratedTable { database: to.address(), table: table.name, rows: after.rows });
    }
    Ok(moved)
}

/// How many rows, and the sum of their SHA-256s, whatever their order.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    sum: u128,
}

/// What a column holds.
#[derive(Clone, Copy)]
enum Kind {
    Number,
    Text,
    Bytes,
    Flag,
}

struct Table {
    name: String,
    columns: Vec<(String, Kind)>,
}

impl Table {
    async fn describe(source: &mut Tx, name: String) -> Result<Self, Fault> {
        let rows = query("SELECT name, type FROM pragma_table_info($1) ORDER BY cid")
            .bind(&name)
            .fetch_all(source)
            .await?;
        let columns = rows.iter().map(|row| {
            let kind = match row.try_get::<String, _>("type")?.as_str() {
                "TEXT" => Kind::Text,
                "BLOB" => Kind::Bytes,
                "BOOLEAN" => Kind::Flag,
                _ => Kind::Number,
            };
            Ok((row.try_get("name")?, kind))
        });
        let columns = columns.collect::<Result<_, sqlx::Error>>()?;
        Ok(Self { name, columns })
    }

    /// The names of its columns; ours need no quotes on either engine.
    fn names(&self) -> String {
        self.columns.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", ")
    }

    fn select(&self) -> AssertSqlSafe<String> {
        AssertSqlSafe(format!("SELECT {} FROM {}", self.names(), self.name))
    }

    async fn copy(&self, source: &mut Tx, target: &mut Tx) -> Result<Sum, Fault> {
        // What a trigger would write besides is among the rows already.
        self.triggers(target, "DISABLE").await?;
        let mut sum = Sum::default();
        let mut waiting = Vec::new();
        let mut rows = query(self.select()).fetch(source);
        while let Some(row) = rows.try_next().await? {
            let values = self.values(&row)?;
            sum.add(&values);
            waiting.push(values);
            if waiting.len() == ROWS {
                self.insert(target, std::mem::take(&mut waiting)).await?;
            }
        }
        self.insert(target, waiting).await?;
        self.triggers(target, "ENABLE").await?;
        self.go_on_counting(target).await?;
        Ok(sum)
    }

    async fn triggers(&self, target: &mut Tx, what: &str) -> Result<(), Fault> {
        let statement = format!("ALTER TABLE {} {what} TRIGGER USER", self.name);
        query(AssertSqlSafe(statement)).execute(target).await?;
        Ok(())
    }

    async fn insert(&self, target: &mut Tx, rows: Vec<Vec<Value<'static>>>) -> Result<(), Fault> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut number = 0;
        let places: Vec<String> = rows
            .iter()
            .map(|row| {
                let row: Vec<String> = row
                    .iter()
                    .map(|_| {
                        number += 1;
                        format!("${number}")
                    })
                    .collect();
                format!("({})", row.join(", "))
            })
            .collect();
        let statement = format!("INSERT INTO {} ({}) VALUES {}", self.name, self.names(), places.join(", "));
        let insert = query(AssertSqlSafe(statement));
        rows.into_iter().flatten().fold(insert, Query::bind).execute(target).await?;
        Ok(())
    }

    /// The next row's number follows the highest one.
    async fn go_on_counting(&self, target: &mut Tx) -> Result<(), Fault> {
        let counted: Option<String> = query_scalar(
            "SELECT CAST(column_name AS TEXT) FROM information_schema.columns \
             WHERE table_schema = current_schema() AND table_name = $1 AND is_identity = 'YES'",
        )
        .bind(&self.name)
        .fetch_optional(target)
        .await?;
        if let Some(column) = counted {
            let statement = format!(
                "SELECT setval(pg_get_serial_sequence($1, $2), max({column})) FROM {} HAVING count(*) > 0",
                self.name
            );
            query(AssertSqlSafe(statement)).bind(&self.name).bind(&column).fetch_optional(target).await?;
        }
        Ok(())
    }

    async fn sum(&self, target: &mut Tx) -> Result<Sum, Fault> {
        let mut sum = Sum::default();
        let mut rows = query(self.select()).fetch(target);
        while let Some(row) = rows.try_next().await? {
            sum.add(&self.values(&row)?);
        }
        Ok(sum)
    }

    fn values(&self, row: &Row) -> Result<Vec<Value<'static>>, Fault> {
        let values = self.columns.iter().enumerate().map(|(place, (_, kind))| {
            Ok(match kind {
                Kind::Number => Value::Number(row.try_get(place)?),
                Kind::Text => Value::Text(row.try_get::<Option<String>, _>(place)?.map(Into::into)),
                Kind::Bytes => Value::Bytes(row.try_get::<Option<Vec<u8>>, _>(place)?.map(Into::into)),
                Kind::Flag => Value::Flag(row.try_get(place)?),
            })
        });
        values.collect()
    }
}

impl Sum {
    fn add(&mut self, row: &[Value<'_>]) {
        let mut hash = Sha256::new();
        for value in row {
            let bytes: Option<Vec<u8>> = match value {
                Value::Number(number) => number.map(|number| number.to_be_bytes().to_vec()),
                Value::Text(text) => text.as_deref().map(|text| text.as_bytes().to_vec()),
                Value::Bytes(bytes) => bytes.as_deref().map(<[u8]>::to_vec),
                Value::Flag(flag) => flag.map(|flag| vec![u8::from(flag)]),
                // No column holds a list.
                Value::Numbers(_) | Value::Texts(_) | Value::Sums(_) => None,
            };
            // Nothing and an empty text are two things.
            hash.update(bytes.as_ref().map_or(u64::MAX, |bytes| bytes.len() as u64).to_be_bytes());
            hash.update(bytes.unwrap_or_default());
        }
        let digest = hash.finalize();
        let sum = digest.iter().take(16).fold(0_u128, |sum, byte| sum << 8 | u128::from(*byte));
        self.rows += 1;
        self.sum = self.sum.wrapping_add(sum);
    }
}
