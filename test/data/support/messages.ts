import type { StreamName } from "../../../components/systems/telemetry/streams";

export type Row = Readonly<Record<string, string | number | boolean | null>>;

/** A message, and what has to come of it. Rows lack what is null, and their time. */
export interface Sample {
  readonly payload: string;
  /** The row of the stream's own table; none where the message is dropped or bad. */
  readonly row?: Row;
  /** Who has to refuse it: the bridge, or the sink of the table. */
  readonly refusedBy?: "bridge" | "energy_consumption" | "heatpump_status" | "temperature_sensors";
  /** Settings of a heat pump that the message brings. */
  readonly settings?: Row;
  readonly settingsRefused?: true;
}

/** The column that tells the messages of a stream apart. */
export const numberColumn: Readonly<Record<StreamName, string>> = {
  energy: "active_energy_total",
  heatpump: "runtime_compressor",
  "temperature-indoor": "uptime",
  "temperature-outdoor": "pressure_hpa",
};

type Maker = (index: number) => Sample;

/** Of twenty messages fifteen are whole, two partial, one is malformed, one misses what is needed, one does not fit. */
function mixed(whole: Maker, partial: Maker, lacking: Maker, tooLarge: Maker): Maker {
  return (index) => {
    switch (index % 20) {
      case 15:
      case 16:
        return partial(index);
      case 17:
        return {
          payload: index % 40 === 17 ? `not JSON ${index}` : `[${index}]`,
          refusedBy: "bridge",
        };
      case 18:
        return lacking(index);
      case 19:
        return tooLarge(index);
      default:
        return whole(index);
    }
  };
}

/** Counters beyond what 32 bits hold. */
const energyStart = 5_000_000_000;

const energyPayload = (index: number): object => ({
  saveeyeDeviceSerialNumber: `meter-${index % 3}`,
  meterType: "Kamstrup",
  timestamp: "not used",
  wifiRssi: -61.4,
  activeActualConsumption: { total: 33700.6, L1: 100 + index, L2: "200", L3: 300 },
  activeActualProduction: { total: 0 },
  activeTotalConsumption: { total: energyStart + index },
  activeTotalProduction: { total: 7 },
  rmsVoltage: { L1: 230.5, L2: 231, L3: 229 },
  rmsCurrent: { L1: 33000, L2: 200, L3: 3000 },
  powerFactor: { total: 97 },
});

const energyRow = (index: number): Row => ({
  device_serial: `meter-${index % 3}`,
  meter_type: "Kamstrup",
  wifi_rssi: -61,
  active_power_total: 33701,
  active_power_l1: 100 + index,
  active_power_l2: 200,
  active_power_l3: 300,
  active_production_total: 0,
  active_energy_total: energyStart + index,
  active_energy_production: 7,
  voltage_l1: 231,
  voltage_l2: 231,
  voltage_l3: 229,
  current_l1: 33000,
  current_l2: 200,
  current_l3: 3000,
  power_factor: 97,
});

const energy = mixed(
  (index) => ({ payload: JSON.stringify(energyPayload(index)), row: energyRow(index) }),
  (index) => ({
    payload: JSON.stringify({
      saveeyeDeviceSerialNumber: "meter-0",
      activeTotalConsumption: { total: energyStart + index },
      rmsVoltage: null,
    }),
    row: { device_serial: "meter-0", meter_type: "", active_energy_total: energyStart + index },
  }),
  (index) => ({
    payload: JSON.stringify({ ...energyPayload(index), saveeyeDeviceSerialNumber: undefined }),
    refusedBy: "energy_consumption",
  }),
  (index) => ({
    payload: JSON.stringify({ ...energyPayload(index), rmsVoltage: { L1: 40_000 } }),
    refusedBy: "energy_consumption",
  }),
);

const heatpumpPayload = (index: number): Readonly<Record<string, unknown>> => ({
  Client_Name: `pump-${index % 2}`,
  d0: -4.6,
  d5: 35,
  d6: 30,
  d7: 48,
  d8: 1,
  d9: 4,
  INDR_T: 21.2,
  d30: 55,
  d104: index,
  d106: 12,
  d108: 900,
  d114: 3,
  d16: index % 16,
  d13: 2,
  d50: 20.5,
  d51: 1,
  d52: 40 + Math.floor(index / 100) + 0.9,
  d53: 20,
  d54: 55,
  d55: 0,
});

const heatpumpRow = (index: number): Row => ({
  device_id: `pump-${index % 2}`,
  outdoor_temp: -5,
  supplyline_temp: 35,
  returnline_temp: 30,
  hotwater_temp: 48,
  brine_out_temp: 1,
  brine_in_temp: 4,
  indoor_temp: 21,
  flowlinepump_speed: 55,
  runtime_compressor: index,
  runtime_3kw: 12,
  runtime_hotwater: 900,
  runtime_6kw: 3,
  brinepump_on: (index & 1) !== 0,
  compressor_on: (index & 2) !== 0,
  flowlinepump_on: (index & 4) !== 0,
  hotwater_production: (index & 8) !== 0,
  aux_heater_3kw_on: false,
  aux_heater_6kw_on: true,
});

const heatpumpSettings = (index: number): Row => ({
  device_id: `pump-${index % 2}`,
  indoor_target_temp: 20.5,
  mode: 1,
  curve: 40 + Math.floor(index / 100),
  curve_min: 20,
  curve_max: 55,
  curve_plus_5: 0,
});

const heatpump = mixed(
  (index) => ({
    payload: JSON.stringify(heatpumpPayload(index)),
    row: heatpumpRow(index),
    settings: heatpumpSettings(index),
  }),
  (index) => ({
    payload: JSON.stringify({ Client_Name: "pump-0", d104: index, d16: 4 }),
    row: {
      device_id: "pump-0",
      runtime_compressor: index,
      brinepump_on: false,
      compressor_on: false,
      flowlinepump_on: true,
      hotwater_production: false,
      aux_heater_3kw_on: false,
      aux_heater_6kw_on: false,
    },
  }),
  // Too much for a setting, and all right otherwise.
  (index) => ({
    payload: JSON.stringify({ ...heatpumpPayload(index), d54: 3_000_000_000 }),
    row: heatpumpRow(index),
    settingsRefused: true,
  }),
  (index) => ({
    payload: JSON.stringify({ ...heatpumpPayload(index), d0: 40_000 }),
    refusedBy: "heatpump_status",
    settings: heatpumpSettings(index),
  }),
);

const indoorPayload = (index: number): Readonly<Record<string, unknown>> => ({
  src: `shelly-${index % 2}`,
  method: "NotifyFullStatus",
  params: {
    "temperature:0": { id: 0, tC: 21.25, tF: 70.25 },
    "humidity:0": { rh: 45.5 },
    "devicepower:0": { battery: { V: 2.9, percent: 80 }, external: { present: true } },
    wifi: { rssi: -70 },
    sys: { mac: "A0B1", uptime: index, ram_free: 120000 },
  },
});

const indoor: Maker = (index) => {
  const sample = indoorSamples(index);
  // Two of each twenty tell of a change alone, without measurements.
  if (index % 20 !== 3 && index % 20 !== 4) return sample;
  const method = index % 20 === 3 ? "NotifyStatus" : "NotifyEvent";
  return { payload: JSON.stringify({ ...indoorPayload(index), method }) };
};

const indoorSamples = mixed(
  (index) => ({
    payload: JSON.stringify(indoorPayload(index)),
    row: {
      device_id: `shelly-${index % 2}`,
      mac_address: "A0B1",
      location: "indoor",
      temperature_c: 21.25,
      temperature_f: 70.25,
      humidity: 45.5,
      wifi_rssi: -70,
      battery_voltage: 2.9,
      battery_percent: 80,
      external_power: 1,
      uptime: index,
      ram_free: 120000,
    },
  }),
  (index) => ({
    payload: JSON.stringify({
      src: "shelly-0",
      method: "NotifyFullStatus",
      params: { "temperature:0": { tC: 19 }, sys: { uptime: index } },
    }),
    row: { device_id: "shelly-0", location: "indoor", temperature_c: 19, uptime: index },
  }),
  (index) => ({
    payload: JSON.stringify({ ...indoorPayload(index), params: { sys: { uptime: index } } }),
    refusedBy: "temperature_sensors",
  }),
  (index) => ({
    payload: JSON.stringify({ ...indoorPayload(index), src: index }),
    refusedBy: "temperature_sensors",
  }),
);

const outdoorRow = (index: number): Row => ({
  device_id: "outdoor-sensor",
  location: "outdoor",
  temperature_c: -3.5,
  humidity: 81,
  wind_speed_ms: 4.2,
  pressure_hpa: index,
});

const outdoorPayload = (index: number): Readonly<Record<string, unknown>> => ({
  temperature_c: -3.5,
  humidity_pct: 81,
  wind_speed_ms: 4.2,
  pressure_hpa: index,
});

const outdoor = mixed(
  (index) => ({ payload: JSON.stringify(outdoorPayload(index)), row: outdoorRow(index) }),
  (index) => ({
    payload: JSON.stringify({ temperature_c: 0, pressure_hpa: index }),
    row: {
      device_id: "outdoor-sensor",
      location: "outdoor",
      temperature_c: 0,
      pressure_hpa: index,
    },
  }),
  (index) => ({
    payload: JSON.stringify({ pressure_hpa: index }),
    refusedBy: "temperature_sensors",
  }),
  (index) => ({
    payload: JSON.stringify({ ...outdoorPayload(index), humidity_pct: "damp" }),
    refusedBy: "temperature_sensors",
  }),
);

const makers: Readonly<Record<StreamName, Maker>> = {
  energy,
  heatpump,
  "temperature-indoor": indoor,
  "temperature-outdoor": outdoor,
};

/** Messages of one stream, each with a number of its own from `first` on. */
export function samples(stream: StreamName, count: number, first = 0): readonly Sample[] {
  return Array.from({ length: count }, (_, index) => makers[stream](first + index));
}
