package dev.ringway.jmh.tls;

import dev.ringway.engine.tls.TlsEngines;
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

import java.util.concurrent.TimeUnit;

/**
 * Handshakes of TLS 1.3 or 1.2, both sides together, with opening, one record, and closing.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class TlsHandshakeBenchmark
{
    /** Key of the server's certificate. */
    @Param({"EC-256", "RSA-2048"})
    public String key;

    /** Minor number of the version. */
    @Param({"2", "3"})
    public int version;

    private TlsSides sides;
    private long session;

    /** Makes contexts and a session to resume. */
    @Setup
    public void create() throws Exception
    {
        final int number = version == 2 ? TlsSettings.TLS_1_2 : TlsSettings.TLS_1_3;
        sides = new TlsSides(key, number, TlsSettings.DEFAULT_CIPHERS);
        sides.connect(0);
        session = sides.client().takeSession();
        close();
    }

    private boolean close()
    {
        final boolean isResumed = sides.server().agreement().isResumed();
        sides.closeClient();
        sides.closeServer(sides.server());
        return isResumed;
    }

    /** Frees what is held. */
    @TearDown
    public void free()
    {
        TlsEngines.freeSession(session);
        sides.free();
    }

    /** A full one. */
    @Benchmark
    public boolean full()
    {
        sides.connect(0);
        return close();
    }

    /** One that resumes. */
    @Benchmark
    public void resumed()
    {
        sides.connect(session);
        if (!close())
        {
            throw new IllegalStateException("not resumed");
        }
    }
}
