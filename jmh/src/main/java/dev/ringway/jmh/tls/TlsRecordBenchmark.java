package dev.ringway.jmh.tls;

import dev.ringway.engine.tls.TlsSettings;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A record encrypted, and one encrypted and decrypted: the difference is the decryption. Run with {@code -prof gc}: the
 * heap takes no byte of it.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class TlsRecordBenchmark
{
    /** Plain bytes; 61440 are four records in one call. */
    @Param({"116", "16384", "61440"})
    public int length;

    /** Cipher suite; the AES one is of TLS 1.3. */
    @Param({"AES128-GCM", "CHACHA20-POLY1305"})
    public String cipher;

    private TlsSides sides;

    /** Connects both sides. */
    @Setup
    public void connect() throws Exception
    {
        final boolean isAes = cipher.startsWith("AES");
        sides = new TlsSides("EC-256", isAes ? TlsSettings.TLS_1_3 : TlsSettings.TLS_1_2,
            List.of("ECDHE-ECDSA-" + (isAes ? "AES128-GCM-SHA256" : cipher)));
        sides.connect(0);
        sides.pass(length);
    }

    /** Frees both sides. */
    @TearDown
    public void free()
    {
        sides.closeClient();
        sides.closeServer(sides.server());
        sides.free();
    }

    /** Server to nobody. */
    @Benchmark
    public int encrypt()
    {
        return sides.encrypt(length);
    }

    /** Server to client. */
    @Benchmark
    public int encryptAndDecrypt()
    {
        return sides.pass(length);
    }
}
