#include <array>
#include <etude/music/quirks.hpp>

namespace etude::music {

namespace {

#define HEADER "X:1\nT:t\nM:4/4\nL:1/8\nK:C\n"  // of an example that needs none of its own

constexpr std::array entries = {
    QuirkEntry{Quirk::any_letter_is_a_note, "any_letter_is_a_note",
               "A letter that means nothing is dropped if it is one of hilmnorstwxyHILNOPQRSTUVZ alone, else middle C, whose "
               "octave a clef does not move.",
               "Letters without a meaning are reserved: a reader may reject or skip them.", HEADER "j2 q2 w2 c2|c8|\n"},
    QuirkEntry{Quirk::header_is_optional, "header_is_optional", "Any text is a tune: no X:, T: or K: is needed.",
               "A tune begins with X:, then T:, and its header ends with K:.", "L:1/8\nCDEF|\n"},
    QuirkEntry{
        Quirk::field_anywhere, "field_anywhere",
        "A capital letter (or w) before a colon begins a field wherever it stands, which takes the rest of the line, unless a | "
        "follows.",
        "Fields stand at the start of a line, or in square brackets.", HEADER "CDEF GA:Bc|c8|\n"},
    QuirkEntry{Quirk::inline_field_is_a_chord, "inline_field_is_a_chord",
               "[K:G] is a chord without notes: it changes nothing, yet counts as a note for ties and tuplets.",
               "An inline field is the field.", HEADER "[K:D]FFFF cccc|c8|\n"},
    QuirkEntry{Quirk::unit_must_be_known, "unit_must_be_known", "A note before any L: or M: is an error.",
               "Without L: and M: the unit length is 1/8.", "X:1\nT:t\nK:C\nCDEF|\n"},
    QuirkEntry{Quirk::unit_of_g, "unit_of_g", "L:1/G is 1/4.", "L: is a fraction of numbers.",
               "X:1\nT:t\nM:4/4\nL:1/G\nK:C\nCDEF|\n"},
    QuirkEntry{Quirk::meter_by_digits, "meter_by_digits", "Of each side of M: only the digits count: (2+3)/8 is 23/8.",
               "M:(2+3)/8 is five eighths.", "X:1\nT:t\nM:(2+3)/8\nL:1/8\nK:C\nCDEFG|CDEFG|\n"},
    QuirkEntry{Quirk::uncountable_meter, "uncountable_meter",
               "A meter finer than 128ths is an error, unless it has one beat or groups of three.", "Any fraction is a meter.",
               "X:1\nT:t\nM:5/256\nL:1/256\nK:C\nCDEFG|\n"},
    QuirkEntry{Quirk::key_is_a_prefix, "key_is_a_prefix",
               "K: is the key that its text begins with; text without one is C major. Accidentals behind the key are ignored.",
               "Accidentals change the key: K:C ^f has one sharp.", "X:1\nT:t\nM:4/4\nL:1/8\nK:C ^f\nFFFF cccc|c8|\n"},
    QuirkEntry{Quirk::pipes_in_wrong_case, "pipes_in_wrong_case", "K:hp and K:hP are errors; K:HP is C, K:Hp is D.",
               "The keys of the highland pipes are HP and Hp; other text is free.", "X:1\nT:t\nM:4/4\nL:1/8\nK:hp\nCDEF GABc|\n"},
    QuirkEntry{Quirk::last_clef_moves_by_octaves, "last_clef_moves_by_octaves",
               "\"bass\" in a K: in the last bar of a part moves all its pitches down two octaves, \"-8va\" one.",
               "A clef does not change what sounds; octave= and transpose= do.",
               "X:1\nT:t\nM:4/4\nL:1/8\nK:C clef=bass\nCDEF GABc\n"},
    QuirkEntry{Quirk::accidentals_hold_for_one_note, "accidentals_hold_for_one_note",
               "An accidental holds for its note only, unless %abc-2.0 or later stands within the first 100 characters.",
               "An accidental holds to the end of the bar.", HEADER "^FFFF cccc|c8|\n"},
    QuirkEntry{Quirk::minus_is_flat, "minus_is_flat",
               "The minus of a negative octave is read as a flat: C,,,,, is C flat in octave 1. With a sharp it is an error.",
               "Each comma is an octave down.", HEADER "C,,,,,4 C4|c8|\n"},
    QuirkEntry{Quirk::mixed_accidentals_fail, "mixed_accidentals_fail",
               "Signs of two kinds before a note are an error; up to four of one kind are not.",
               "Accidentals are ^, ^^, =, _ and __.", HEADER "^^^^C4 C4|c8|\n"},
    QuirkEntry{Quirk::free_length_is_a_quarter, "free_length_is_a_quarter",
               "Of all digits and slashes of a note only some forms are lengths: A1/2/3 is a quarter note, A//2 an error.",
               "Slashes divide.", HEADER "A1/2/3 A4|c8|\n"},
    QuirkEntry{
        Quirk::tuplet_of_one_value, "tuplet_of_one_value",
        "A note in a tuplet must be one that a single sign stands for: (3A5 is an error. Its ratio for 4, 6 and 8 notes does not "
        "depend on the meter, and (5, (7 and (9 do.",
        "Any length may stand in a tuplet.", HEADER "(3A5AA|c8|\n"},
    QuirkEntry{Quirk::tie_joins_neighbours, "tie_joins_neighbours",
               "A tie marks the note before and the note behind it, whatever their pitches.",
               "A tie joins two notes of one pitch.", HEADER "A4-B4|c8|\n"},
    QuirkEntry{Quirk::chord_forgets_signs, "chord_forgets_signs",
               "Ties, articulations and grace signs of a chord are lost; a chord between { and } takes its full time.",
               "They count for chords as for notes.", HEADER "{[ce]}c8|c8|\n"},
    QuirkEntry{
        Quirk::quotes_hide_a_chord, "quotes_hide_a_chord",
        "In a chord everything up to the last closed quote is chord symbol, and the next character stands for the bracket.",
        "A chord symbol stands before the chord or between its notes.", HEADER "[\"C\"CEG]4 C4|c8|\n"},
    QuirkEntry{Quirk::text_is_a_chord_symbol, "text_is_a_chord_symbol",
               "The first text in quotes before a note is a chord symbol, which sounds in MIDI; one that is none is left out, or "
               "an error.",
               "Text that begins with ^ _ < > or @ is an annotation.", HEADER "\"@1\"C8|c8|\n"},
    QuirkEntry{Quirk::fingering_drops_the_note, "fingering_drops_the_note",
               "Text in quotes that begins with > makes the note behind it vanish.",
               "It is an annotation to the right of the note.", HEADER "\">x\"C4 D4|c8|\n"},
    QuirkEntry{Quirk::pickup_digits_of_endings, "pickup_digits_of_endings",
               "[1, [2, |1 and |2 begin endings; [3 begins a chord, which must then be closed.", "Any number may name an ending.",
               HEADER "|:C8|[1D8:|[2E8:|[3F8|\n"},
    QuirkEntry{Quirk::two_bar_lines_make_measures, "two_bar_lines_make_measures",
               "A part has measures only if it has two plain bar lines, and notes in two of its bars.",
               "Every bar line ends a measure.", HEADER "C8|D8||\n"},
    QuirkEntry{Quirk::number_of_the_first_measure, "number_of_the_first_measure",
               "A first measure with a meter is number 0, be it an upbeat or not.", "Only an incomplete first bar is an upbeat.",
               HEADER "C8|D8|E8|\n"},
    QuirkEntry{Quirk::late_field_counts_for_its_bar, "late_field_counts_for_its_bar",
               "A meter or key behind the notes of a bar counts from its start; a field before a note ends the bar.",
               "A field counts from where it stands.", HEADER "C4\nM:2/4\nD4|E4|F4|\n"},
    QuirkEntry{Quirk::voice_by_digit, "voice_by_digit",
               "Only voices whose names begin with a digit are voices; V:T is ignored, and its notes follow those before.",
               "A voice may have any name.", HEADER "V:S\nC8|D8|\nV:A\nE8|F8|\n"},
    QuirkEntry{Quirk::each_voice_field_is_a_part, "each_voice_field_is_a_part",
               "Every V: begins a new part that sounds from the start, even if the voice had come before.",
               "V: goes on with the voice of that name.", HEADER "V:1\nC8|\nV:2\nE8|\nV:1\nD8|\nV:2\nF8|\n"},
    QuirkEntry{
        Quirk::tunes_by_number, "tunes_by_number",
        "Several tunes are sorted by number, of two with one number the last one counts, what stands before the first X: belongs "
        "to each, and one that fails with an IndexError is left out.",
        "Tunes are in the order of the text.", "X:2\nT:t\nL:1/8\nK:C\nC8|\n\nX:1\nT:t\nL:1/8\nK:C\nD8|\n"},
    QuirkEntry{
        Quirk::shared_meter, "shared_meter",
        "A measure longer than its meter is split in two; the measure behind goes back to the same meter object, and MIDI export "
        "fails where it finds that object twice.",
        "A bar may hold any length.", HEADER "C8D8|E8|F8|\n"},
    QuirkEntry{Quirk::moved_barline, "moved_barline",
               "The right bar line of a measure that is split ends up on the left of what runs over.",
               "A bar line stays where it is written.", HEADER "|:C8D8:|E8|F8|\n"},
};

#undef HEADER

}  // namespace

std::span<const QuirkEntry> quirks() { return entries; }

}  // namespace etude::music
