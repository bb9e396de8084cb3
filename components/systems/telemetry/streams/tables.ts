import { declareTable } from "./model";

const celsius = { type: "smallint", unit: "°C" } as const;
const watts = { type: "integer", unit: "W" } as const;
const volts = { type: "smallint", unit: "V" } as const;
/** The meter's own reading; its scale is not written down anywhere. */
const currentReading = { type: "integer" } as const;
/** Counters only grow: two thousand million, where `integer` ends, is in reach. */
const energyCounter = { type: "bigint", unit: "Wh" } as const;
const hours = { type: "bigint", unit: "h" } as const;
const flag = { type: "boolean" } as const;
const measured = (unit?: string): { type: "double precision"; unit?: string } => ({
  type: "double precision",
  ...(unit === undefined ? {} : { unit }),
});
const wholeSetting = { type: "integer", toInteger: "floor" } as const;

export const energyConsumption = declareTable({
  kind: "series",
  name: "energy_consumption",
  database: "telemetry",
  tags: { device_serial: { type: "text", required: true }, meter_type: { type: "text" } },
  fields: {
    wifi_rssi: { type: "smallint", unit: "dBm" },
    active_power_total: watts,
    active_power_l1: watts,
    active_power_l2: watts,
    active_power_l3: watts,
    active_production_total: watts,
    active_energy_total: energyCounter,
    active_energy_production: energyCounter,
    voltage_l1: volts,
    voltage_l2: volts,
    voltage_l3: volts,
    current_l1: currentReading,
    current_l2: currentReading,
    current_l3: currentReading,
    power_factor: { type: "smallint", unit: "%" },
  },
  indexes: [],
});

export const heatpumpStatus = declareTable({
  kind: "series",
  name: "heatpump_status",
  database: "telemetry",
  tags: { device_id: { type: "text", required: true } },
  fields: {
    outdoor_temp: celsius,
    supplyline_temp: celsius,
    returnline_temp: celsius,
    hotwater_temp: celsius,
    brine_out_temp: celsius,
    brine_in_temp: celsius,
    indoor_temp: celsius,
    flowlinepump_speed: { type: "smallint", unit: "%" },
    runtime_compressor: hours,
    runtime_hotwater: hours,
    runtime_3kw: hours,
    runtime_6kw: hours,
    brinepump_on: flag,
    compressor_on: flag,
    flowlinepump_on: flag,
    hotwater_production: flag,
    aux_heater_3kw_on: flag,
    aux_heater_6kw_on: flag,
  },
  indexes: [],
});

export const temperatureSensors = declareTable({
  kind: "series",
  name: "temperature_sensors",
  database: "telemetry",
  tags: {
    device_id: { type: "text", required: true },
    mac_address: { type: "text" },
    location: { type: "text", required: true },
  },
  fields: {
    temperature_c: { type: "double precision", unit: "°C", required: true },
    temperature_f: measured("°F"),
    humidity: measured("%"),
    wifi_rssi: measured("dBm"),
    battery_voltage: measured("V"),
    battery_percent: measured("%"),
    external_power: { type: "double precision", fromFlag: true },
    uptime: measured("s"),
    ram_free: measured("B"),
    wind_speed_ms: measured("m/s"),
    pressure_hpa: measured("hPa"),
  },
  indexes: ["location"],
});

/** The nine settings of a heat pump, as it last reported them. */
export const settings = declareTable({
  kind: "state",
  name: "settings",
  database: "settings",
  tags: { device_id: { type: "text", required: true } },
  fields: {
    indoor_target_temp: measured("°C"),
    mode: wholeSetting,
    curve: wholeSetting,
    curve_min: wholeSetting,
    curve_max: wholeSetting,
    curve_plus_5: wholeSetting,
    curve_zero: wholeSetting,
    curve_minus_5: wholeSetting,
    heatstop: wholeSetting,
  },
});

export const tables = [energyConsumption, heatpumpStatus, temperatureSensors, settings] as const;
