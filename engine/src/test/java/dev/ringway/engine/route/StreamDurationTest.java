package dev.ringway.engine.route;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.junit.jupiter.api.Assertions.assertEquals;

final class StreamDurationTest
{
    @ParameterizedTest
    @CsvSource({
        // max, grpc max, grpc offset, client, manager, limit
        "-1, -1, 0, -1, 0, -1",
        "-1, -1, 0, -1, 70, 70",
        "50, -1, 0, -1, 70, 50",
        "0, -1, 0, -1, 70, -1",
        "50, -1, 0, 10, 70, 50",
        "50, 90, 0, -1, 70, 50",
        "-1, 90, 0, -1, 70, 70",
        "50, 90, 0, 10, 70, 10",
        "50, 90, 0, 100, 70, 90",
        "50, 0, 0, 100, 70, 100",
        "50, 90, 30, 100, 70, 60",
        "50, 90, 30, 20, 70, 0",
        "50, 90, 0, 0, 70, 0"})
    void shouldTakeWhatTheRouteTheClientOrTheManagerSays(
        final long max, final long grpcMax, final long offset, final long client, final long manager, final long limit)
    {
        assertEquals(limit, new StreamDuration(max, grpcMax, offset).limitNs(client, manager));
    }
}
