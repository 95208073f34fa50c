#include <etude/plugin.hpp>

#include "abc_validity.hpp"
#include "midi_export.hpp"

ETUDE_PLUGIN("etude.metric_music", "0.1.0", registry) {
  registry.add<metric_music::AbcValidity>("abc_validity",
                                          "Share of the model's texts that music21 would parse, and how good they are");
  registry.add<metric_music::MidiExport>("midi_export", "Share of the model's texts that music21 would write as MIDI");
}
