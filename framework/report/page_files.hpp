// The style and the script of the report page: the files in page/, as the program carries them.
#pragma once

namespace etude {

extern const char* const page_style;
extern const char* const page_script;

}  // namespace etude
