package dev.ringway.control.log;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** The log is the process's own: it is as it was when this is over. */
class LogSetupTest
{
    @TempDir
    private Path directory;

    @AfterEach
    void restore() throws IOException
    {
        LogSetup.loggers().values().forEach(logger -> logger.setLevel(null));
        LogSetup.start("info", "", null, LogSetup.DEFAULT_FORMAT);
    }

    private static void log(final String name)
    {
        LogSetup.logger(name).finer("1");
        LogSetup.logger(name).fine("2");
        LogSetup.logger(name).info("3");
        LogSetup.logger(name).warning("4");
        LogSetup.logger(name).severe("5");
    }

    /** Threads of others may have written too. */
    private static String written(final Path file) throws IOException
    {
        return Files.readAllLines(file).stream().filter(line -> line.matches("\\w+ \\w+ \\d"))
            .map(line -> line + '\n').collect(Collectors.joining());
    }

    @Test
    void shouldWriteWhatTheLevelsOfLoggersAllow() throws IOException
    {
        final Path file = directory.resolve("log");
        LogSetup.start("warning", "dns:off,tls:debug,health:trace", file.toString(), "%n %l %v");
        log("main");
        log("dns");
        log("tls");
        log("health");
        assertEquals("main warning 4\nmain error 5\ntls debug 2\ntls info 3\ntls warning 4\ntls error 5\n" +
            "health trace 1\nhealth debug 2\nhealth info 3\nhealth warning 4\nhealth error 5\n", written(file));
    }
}
