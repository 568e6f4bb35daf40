/* Stands in for a program of Windows that is not there, wsl.exe or powershell.exe: has the script of the same name beside it run by a
   shell of the system that Wine runs on, with the same arguments, standard input, outputs and exit code. What the script prints is
   taken as it is: UTF-16 too. `docker system dial-stdio` is a conversation, which a script could not lead: that is passed on to the
   engine that listens at the port of 127.0.0.1 that the file `engine` beside it names. */
#include <winsock2.h>
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of Wine's ntdll: runs a program of the host's. */
typedef LONG(CDECL *spawn_t)(char *const argv[], int wait);
typedef char *(CDECL *unix_name_t)(LPCWSTR path);

static char *to_unix(const WCHAR *path) {
    unix_name_t convert = (unix_name_t)(void *)GetProcAddress(GetModuleHandleA("kernel32"), "wine_get_unix_file_name");
    return convert(path);
}

static WCHAR *temporary(const WCHAR *suffix) {
    static WCHAR folder[MAX_PATH];
    WCHAR *path = malloc(sizeof(WCHAR) * (MAX_PATH + 32));
    GetTempPathW(MAX_PATH, folder);
    wsprintfW(path, L"%sstand-in-%u.%s", folder, GetCurrentProcessId(), suffix);
    return path;
}

static void copy(HANDLE from, HANDLE to) {
    char buffer[65536];
    DWORD count, written;
    while (ReadFile(from, buffer, sizeof buffer, &count, NULL) && count > 0)
        WriteFile(to, buffer, count, &written, NULL);
}

static void show(const WCHAR *path, DWORD output) {
    HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    if (file != INVALID_HANDLE_VALUE) {
        copy(file, GetStdHandle(output));
        CloseHandle(file);
    }
    DeleteFileW(path);
}

static char *utf8(const WCHAR *text) {
    int size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL);
    char *result = malloc(size);
    WideCharToMultiByte(CP_UTF8, 0, text, -1, result, size, NULL, NULL);
    return result;
}

static DWORD WINAPI send_input(void *to) {
    char buffer[65536];
    DWORD count;
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), buffer, sizeof buffer, &count, NULL) && count > 0)
        send((SOCKET)(UINT_PTR)to, buffer, (int)count, 0);
    shutdown((SOCKET)(UINT_PTR)to, SD_SEND);
    return 0;
}

/* What Docker's command line does: both directions end by themselves. */
static int dial(const WCHAR *beside) {
    WCHAR path[MAX_PATH];
    wcscpy(path, beside);
    wcscpy(wcsrchr(path, L'\\') + 1, L"engine");
    FILE *file = _wfopen(path, L"r");
    int port = 0, count;
    if (!file || fscanf(file, "%d", &port) != 1)
        return 1;
    fclose(file);
    WSADATA data;
    WSAStartup(MAKEWORD(2, 2), &data);
    SOCKET engine = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((u_short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (connect(engine, (struct sockaddr *)&address, sizeof address) != 0)
        return 1;
    CreateThread(NULL, 0, send_input, (void *)(UINT_PTR)engine, 0, NULL);
    char buffer[65536];
    DWORD written;
    while ((count = recv(engine, buffer, sizeof buffer, 0)) > 0)
        if (!WriteFile(GetStdHandle(STD_OUTPUT_HANDLE), buffer, (DWORD)count, &written, NULL))
            break;
    return 0;
}

int wmain(int argc, WCHAR **argv) {
    WCHAR script[MAX_PATH];
    GetModuleFileNameW(NULL, script, MAX_PATH);
    if (argc > 3 && wcscmp(argv[argc - 1], L"dial-stdio") == 0)
        return dial(script);
    WCHAR *in = temporary(L"in"), *out = temporary(L"out"), *err = temporary(L"err"), *code = temporary(L"code");
    wcscpy(wcsrchr(script, L'.'), L".sh");

    HANDLE input = CreateFileW(in, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    DWORD type = GetFileType(GetStdHandle(STD_INPUT_HANDLE));
    if (type == FILE_TYPE_PIPE || type == FILE_TYPE_DISK)
        copy(GetStdHandle(STD_INPUT_HANDLE), input);
    CloseHandle(input);
    HANDLE files[] = {CreateFileW(out, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL), CreateFileW(err, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL), CreateFileW(code, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL)};
    for (int i = 0; i < 3; i++)
        CloseHandle(files[i]);

    char **line = calloc(argc + 10, sizeof(char *));
    int n = 0;
    line[n++] = "/bin/sh";
    line[n++] = "-c";
    line[n++] = "in=$1 out=$2 err=$3 code=$4; shift 4; sh \"$@\" <\"$in\" >\"$out\" 2>\"$err\"; echo $? >\"$code\"";
    line[n++] = "stand-in";
    line[n++] = to_unix(in);
    line[n++] = to_unix(out);
    line[n++] = to_unix(err);
    line[n++] = to_unix(code);
    line[n++] = to_unix(script);
    for (int i = 1; i < argc; i++)
        line[n++] = utf8(argv[i]);

    spawn_t spawn = (spawn_t)(void *)GetProcAddress(GetModuleHandleA("ntdll"), "__wine_unix_spawnvp");
    if (!spawn || spawn(line, 1) < 0)
        return 254;
    show(out, STD_OUTPUT_HANDLE);
    show(err, STD_ERROR_HANDLE);
    DeleteFileW(in);
    FILE *end = _wfopen(code, L"r");
    int result = 253;
    if (end) {
        if (fscanf(end, "%d", &result) != 1)
            result = 252;
        fclose(end);
    }
    DeleteFileW(code);
    return result;
}
