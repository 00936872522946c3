# cmake -D folder=FOLDER -D files=PATHS -D output=FILE -P embed.cmake: writes the table of doze::server::assets()
# (server/http/assets.hpp), which holds these files. Paths are absolute; a name that begins with a dot is left out.
set(type_of_css text/css)
set(type_of_html text/html)
set(type_of_ico image/x-icon)
set(type_of_js text/javascript)
set(type_of_json application/json)
set(type_of_png image/png)
set(type_of_svg image/svg+xml)
set(type_of_txt text/plain)
set(type_of_woff2 font/woff2)

set(bytes)
set(rows)
set(count 0)
list(SORT files)
foreach(file IN LISTS files)
    file(RELATIVE_PATH path ${folder} ${file})
    if(path MATCHES "(^|/)\\.")
        continue()
    endif()
    string(REGEX REPLACE "^.*[.]" "" extension ${path})
    if(NOT type_of_${extension})
        message(FATAL_ERROR "${file}: cmake/embed.cmake knows no media type for it.")
    endif()
    set(type ${type_of_${extension}})
    if(type MATCHES "^text/")
        string(APPEND type "; charset=utf-8")
    endif()
    file(SHA256 ${file} hash)
    string(SUBSTRING ${hash} 0 16 hash)
    file(SIZE ${file} size)
    file(READ ${file} content HEX)
    string(REGEX REPLACE "(..)" "0x\\1," content "${content}")
    string(APPEND bytes "constexpr unsigned char file_${count}[] = {${content}0};\n")
    string(APPEND rows "    {\"${path}\", \"${type}\", \"${hash}\", {reinterpret_cast<const char*>(file_${count}), ${size}}},\n")
    math(EXPR count "${count} + 1")
endforeach()

file(WRITE ${output} "#include \"server/http/assets.hpp\"

namespace doze::server {
namespace {

${bytes}
const Asset table[] = {
${rows}};

}  // namespace

std::span<const Asset> assets() {
    return table;
}

}  // namespace doze::server
")
