import type { DashboardDescription, Panel, Unit } from "../../observability/dashboard";
import { deviceColumn, type SeriesTable } from "./streams/model";
import { energyConsumption, heatpumpStatus, temperatureSensors } from "./streams/tables";

/** How Grafana calls the units of the tables. */
const units: Readonly<Record<string, Unit>> = {
  "%": "percent",
  "°C": "celsius",
  "m/s": "velocityms",
  h: "h",
  hPa: "pressurehpa",
  V: "volt",
  W: "watt",
  Wh: "watth",
};

/** What the devices measured: energy, temperatures and the heat pump, as SQL over the streams' own tables. */
export function measurementsDashboard(uid: string, datasource: string): DashboardDescription {
  const of = panels(datasource);
  const energy = of(energyConsumption);
  const heatpump = of(heatpumpStatus);
  const temperatures = of(temperatureSensors, "location");
  return {
    uid,
    title: "Energy, temperatures and heat pump",
    description: "What the devices measured. Made by the program: changes here are lost.",
    from: "now-24h",
    rows: [
      {
        title: "Energy",
        panels: [
          energy.mean("Power drawn", ["active_power_total"]),
          energy.mean("Power drawn, by phase", [
            "active_power_l1",
            "active_power_l2",
            "active_power_l3",
          ]),
          energy.mean("Power fed in", ["active_production_total"]),
          energy.growth("Energy drawn, by day", "active_energy_total"),
          energy.growth("Energy fed in, by day", "active_energy_production"),
          energy.mean("Voltage, by phase", ["voltage_l1", "voltage_l2", "voltage_l3"]),
        ],
      },
      {
        title: "Temperatures",
        panels: [
          temperatures.mean("Temperature", ["temperature_c"]),
          temperatures.mean("Humidity", ["humidity"]),
          temperatures.mean("Battery", ["battery_percent"]),
          temperatures.mean("Air pressure", ["pressure_hpa"]),
          temperatures.mean("Wind", ["wind_speed_ms"]),
        ],
      },
      {
        title: "Heat pump",
        panels: [
          heatpump.mean("House", ["indoor_temp", "outdoor_temp", "hotwater_temp"]),
          heatpump.mean("Heating circuit", ["supplyline_temp", "returnline_temp"]),
          heatpump.mean("Brine", ["brine_in_temp", "brine_out_temp"]),
          heatpump.states("On and off", [
            "compressor_on",
            "flowlinepump_on",
            "brinepump_on",
            "hotwater_production",
            "aux_heater_3kw_on",
            "aux_heater_6kw_on",
          ]),
          heatpump.mean("Speed of the flow line's pump", ["flowlinepump_speed"]),
          heatpump.growth("Running hours of the compressor, by day", "runtime_compressor"),
        ],
      },
    ],
  };
}

interface PanelsOf<Field extends string> {
  /** Means of each interval; the fields have one unit. */
  mean(title: string, fields: readonly Field[]): Panel;
  /** How much a counter grew in each day of two weeks. */
  growth(title: string, field: Field): Panel;
  /** Whether a flag was up. */
  states(title: string, fields: readonly Field[]): Panel;
}

/** Panels of one table, with a line for each device; `by` tells lines apart by another tag. */
function panels(datasource: string) {
  return <const T extends SeriesTable>(
    table: T,
    by?: keyof T["tags"] & string,
  ): PanelsOf<keyof T["fields"] & string> => {
    const device = by ?? deviceColumn(table);
    const panel = (title: string, unit: Unit, sql: string): Panel => ({
      title,
      unit,
      queries: [{ kind: "sql", sql, datasource }],
    });
    const grouped = (bucket: string, values: readonly string[]): string =>
      [
        `SELECT $__timeGroupAlias(time, ${bucket}), ${device} AS metric, ${values.join(", ")}`,
        `FROM ${table.name}`,
        "WHERE $__timeFilter(time)",
        "GROUP BY 1, 2",
        "ORDER BY 1",
      ].join("\n");
    return {
      mean: (title, fields) =>
        panel(
          title,
          unitOf(table, fields),
          grouped(
            "$__interval",
            fields.map((field) => `avg(${field}) AS ${field}`),
          ),
        ),
      growth: (title, field) => ({
        ...panel(title, unitOf(table, [field]), growthByDay(table.name, device, field)),
        span: "14d",
      }),
      states: (title, fields) => ({
        ...panel(
          title,
          "bool_on_off",
          grouped(
            "$__interval",
            fields.map((field) => `bool_or(${field})::int AS ${field}`),
          ),
        ),
        type: "state-timeline",
      }),
    };
  };
}

/**
 * Counts from the last value of the day before, so that what came between the two days is in it; for the
 * very first day from its own first value. Whole days of UTC, whenever the panel's time begins, and one
 * day more to count from.
 */
function growthByDay(table: string, device: string, field: string): string {
  const day = "$__timeGroup(time, '1d')";
  const firstDay = "date_trunc('day', $__timeFrom()::timestamptz, 'UTC')";
  const before = `lag(max(${field})) OVER (PARTITION BY ${device} ORDER BY ${day})`;
  return [
    `SELECT "time", metric, ${field}`,
    "FROM (",
    `  SELECT ${day} AS "time", ${device} AS metric,`,
    `    max(${field}) - coalesce(${before}, min(${field})) AS ${field}`,
    `  FROM ${table}`,
    `  WHERE ${field} IS NOT NULL`,
    `    AND time >= ${firstDay} - interval '1 day' AND time <= $__timeTo()`,
    `  GROUP BY ${day}, ${device}`,
    ") AS by_day",
    `WHERE "time" >= ${firstDay}`,
    "ORDER BY 1",
  ].join("\n");
}

function unitOf({ name, fields }: SeriesTable, wanted: readonly string[]): Unit {
  const found = new Set(wanted.map((field) => fields[field]?.unit ?? ""));
  const [unit = ""] = found;
  if (found.size !== 1) {
    throw new Error(`a panel of ${name} has the units ${[...found].join(", ")}`);
  }
  return units[unit] ?? "short";
}
