-- Households of an area: its lists by id, and what a filter asks of few areas. An area's codes are one range.

-- +goose Up
CREATE INDEX household_state_area ON kantong.household_state (area_code, id);
