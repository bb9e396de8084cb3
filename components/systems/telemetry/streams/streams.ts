import { bit, constant, declareStream, from, type Stream } from "./model";
import { energyConsumption, heatpumpStatus, settings, temperatureSensors } from "./tables";

const absent = constant(null);

const energy = declareStream({
  name: "energy",
  mqttTopic: "homelab/energy/realtime",
  kafkaTopic: "homelab-energy-realtime",
  tables: [energyConsumption],
  tags: {
    device_serial: from("saveeyeDeviceSerialNumber"),
    meter_type: from("meterType", ""),
  },
  fields: {
    wifi_rssi: from("wifiRssi"),
    active_power_total: from("activeActualConsumption.total"),
    active_power_l1: from("activeActualConsumption.L1"),
    active_power_l2: from("activeActualConsumption.L2"),
    active_power_l3: from("activeActualConsumption.L3"),
    active_production_total: from("activeActualProduction.total"),
    active_energy_total: from("activeTotalConsumption.total"),
    active_energy_production: from("activeTotalProduction.total"),
    voltage_l1: from("rmsVoltage.L1"),
    voltage_l2: from("rmsVoltage.L2"),
    voltage_l3: from("rmsVoltage.L3"),
    current_l1: from("rmsCurrent.L1"),
    current_l2: from("rmsCurrent.L2"),
    current_l3: from("rmsCurrent.L3"),
    power_factor: from("powerFactor.total"),
  },
});

/** A ThermIQ module: each value is a register of the heat pump, and two registers are made of bits. */
const heatpump = declareStream({
  name: "heatpump",
  mqttTopic: "thermiq_heatpump/data",
  kafkaTopic: "homelab-heatpump-telemetry",
  tables: [heatpumpStatus, settings],
  tags: { device_id: from("Client_Name", "") },
  fields: {
    outdoor_temp: from("d0"),
    supplyline_temp: from("d5"),
    returnline_temp: from("d6"),
    hotwater_temp: from("d7"),
    brine_out_temp: from("d8"),
    brine_in_temp: from("d9"),
    indoor_temp: from("INDR_T"),
    flowlinepump_speed: from("d30"),
    runtime_compressor: from("d104"),
    runtime_hotwater: from("d108"),
    runtime_3kw: from("d106"),
    runtime_6kw: from("d114"),
    brinepump_on: bit("d16", 1),
    compressor_on: bit("d16", 2),
    flowlinepump_on: bit("d16", 4),
    hotwater_production: bit("d16", 8),
    // A heat pump without auxiliary heaters does not send the register.
    aux_heater_3kw_on: bit("d13", 1, 0),
    aux_heater_6kw_on: bit("d13", 2, 0),
    indoor_target_temp: from("d50"),
    mode: from("d51"),
    curve: from("d52"),
    curve_min: from("d53"),
    curve_max: from("d54"),
    curve_plus_5: from("d55"),
    curve_zero: from("d56"),
    curve_minus_5: from("d57"),
    heatstop: from("d58"),
  },
});

/** A Shelly sensor: it also reports changes and events, which have no measurements. */
const temperatureIndoor = declareStream({
  name: "temperature-indoor",
  mqttTopic: "homelab/temperature/indoor",
  kafkaTopic: "homelab-temperature-indoor",
  only: { path: "method", value: "NotifyFullStatus" },
  tables: [temperatureSensors],
  tags: {
    device_id: from("src"),
    mac_address: from("params.sys.mac"),
    location: constant("indoor"),
  },
  fields: {
    temperature_c: from("params.temperature:0.tC"),
    temperature_f: from("params.temperature:0.tF"),
    humidity: from("params.humidity:0.rh"),
    wifi_rssi: from("params.wifi.rssi"),
    battery_voltage: from("params.devicepower:0.battery.V"),
    battery_percent: from("params.devicepower:0.battery.percent"),
    external_power: from("params.devicepower:0.external.present"),
    uptime: from("params.sys.uptime"),
    ram_free: from("params.sys.ram_free"),
    wind_speed_ms: absent,
    pressure_hpa: absent,
  },
});

/** A flat payload without a method: every message is a measurement. */
const temperatureOutdoor = declareStream({
  name: "temperature-outdoor",
  mqttTopic: "homelab/temperature/outdoor",
  kafkaTopic: "homelab-temperature-outdoor",
  tables: [temperatureSensors],
  tags: {
    device_id: constant("outdoor-sensor"),
    mac_address: absent,
    location: constant("outdoor"),
  },
  fields: {
    temperature_c: from("temperature_c"),
    temperature_f: absent,
    humidity: from("humidity_pct"),
    wifi_rssi: absent,
    battery_voltage: absent,
    battery_percent: absent,
    external_power: absent,
    uptime: absent,
    ram_free: absent,
    wind_speed_ms: from("wind_speed_ms"),
    pressure_hpa: from("pressure_hpa"),
  },
});

export const streams: readonly Stream[] = [energy, heatpump, temperatureIndoor, temperatureOutdoor];
