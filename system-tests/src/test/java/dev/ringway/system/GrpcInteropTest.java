package dev.ringway.system;

import com.google.protobuf.ByteString;
import io.grpc.ChannelCredentials;
import io.grpc.ManagedChannelBuilder;
import io.grpc.ServerBuilder;
import io.grpc.TlsChannelCredentials;
import io.grpc.testing.integration.AbstractInteropTest;
import io.grpc.testing.integration.Messages.Payload;
import io.grpc.testing.integration.Messages.SimpleRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

import static org.junit.jupiter.api.Assertions.assertNotNull;

/**
 * gRPC's interoperability cases, and what grpc-java tests beside them, through one Ringway process, clear and on TLS.
 * Left out are those that need credentials, clouds or a caching proxy, and those that ask for the addresses of a direct
 * connection.
 */
final class GrpcInteropTest
{
    private static final Map<String, Case> CASES = new TreeMap<>(Map.ofEntries(
        Map.entry("empty_unary", Calls::emptyUnary),
        Map.entry("large_unary", Calls::largeUnary),
        Map.entry("client_compressed_unary", calls -> calls.clientCompressedUnary(false)),
        Map.entry("server_compressed_unary", Calls::serverCompressedUnary),
        Map.entry("client_streaming", Calls::clientStreaming),
        Map.entry("client_compressed_streaming", calls -> calls.clientCompressedStreaming(false)),
        Map.entry("server_streaming", Calls::serverStreaming),
        Map.entry("server_compressed_streaming", Calls::serverCompressedStreaming),
        Map.entry("ping_pong", Calls::pingPong),
        Map.entry("empty_stream", Calls::emptyStream),
        Map.entry("custom_metadata", Calls::customMetadata),
        Map.entry("status_code_and_message", Calls::statusCodeAndMessage),
        Map.entry("special_status_message", Calls::specialStatusMessage),
        Map.entry("unimplemented_method", Calls::unimplementedMethod),
        Map.entry("unimplemented_service", Calls::unimplementedService),
        Map.entry("cancel_after_begin", Calls::cancelAfterBegin),
        Map.entry("cancel_after_first_response", Calls::cancelAfterFirstResponse),
        Map.entry("timeout_on_sleeping_server", Calls::timeoutOnSleepingServer),
        Map.entry("very_large_request", Calls::veryLargeRequest),
        Map.entry("very_large_response", Calls::veryLargeResponse),
        Map.entry("pick_first_unary", Calls::pickFirstUnary),
        Map.entry("retriable_stream", Calls::emptyUnaryWithRetriableStream),
        Map.entry("full_duplex", Calls::fullDuplexCallShouldSucceed),
        Map.entry("half_duplex", Calls::halfDuplexCallShouldSucceed),
        Map.entry("flow_control", Calls::serverStreamingShouldBeFlowControlled),
        Map.entry("metadata_unary", Calls::exchangeMetadataUnaryCall),
        Map.entry("metadata_streaming", Calls::exchangeMetadataStreamingCall),
        Map.entry("timeout_header", Calls::sendsTimeoutHeader),
        Map.entry("deadline_kept", Calls::deadlineNotExceeded),
        Map.entry("deadline_exceeded", Calls::deadlineExceeded),
        Map.entry("deadline_exceeded_streaming", Calls::deadlineExceededServerStreaming),
        Map.entry("deadline_in_past", Calls::deadlineInPast),
        Map.entry("max_inbound_exact", Calls::maxInboundSize_exact),
        Map.entry("max_inbound_too_big", Calls::maxInboundSize_tooBig),
        Map.entry("max_outbound_exact", Calls::maxOutboundSize_exact),
        Map.entry("max_outbound_too_big", Calls::maxOutboundSize_tooBig),
        Map.entry("graceful_shutdown", Calls::gracefulShutdown)));

    @TempDir
    private static Path directory;

    private static Program ringway;
    private static Admin admin;
    private static Map<String, Long> gauges;
    private static int backendPort;
    private static int http2Port;
    private static int autoPort;
    private static int tlsPort;
    private static ChannelCredentials tls;

    @BeforeAll
    static void start() throws Exception
    {
        backendPort = Program.freePort();
        http2Port = Program.freePort();
        autoPort = Program.freePort();
        tlsPort = Program.freePort();
        final Certificates certificates = new Certificates(directory, "ca");
        final String certificate = certificates.ecdsa("localhost", "ip:127.0.0.1").yaml();
        tls = TlsChannelCredentials.newBuilder().trustManager(certificates.authority().toFile()).build();
        final int adminPort = Program.freePort();
        final String routes = "- match: { prefix: / }\n  route: { cluster: grpc, timeout: 0s }\n";
        final Path file = Files.writeString(directory.resolve("ringway.yaml"), Bootstraps.admin(adminPort) +
            Bootstraps.http("http2", Bootstraps.tcpAddress("127.0.0.1", http2Port), "codec_type: HTTP2", routes) +
            Bootstraps.http("auto", Bootstraps.tcpAddress("127.0.0.1", autoPort), "codec_type: AUTO", routes) +
            Bootstraps.http("tls", Bootstraps.tcpAddress("127.0.0.1", tlsPort), "codec_type: AUTO", routes) +
            Bootstraps.downstreamTls(
                "common_tls_context: { tls_certificates: [ " + certificate + " ], alpn_protocols: [ h2 ] }") +
            "  clusters:\n" +
            Bootstraps.cluster("grpc", "STATIC", Bootstraps.tcpAddress("127.0.0.1", backendPort)) +
            "    http2_protocol_options: {}\n");
        admin = new Admin(adminPort);
        ringway = Program.ringway(directory, "-c", file.toString(), "--concurrency", "2");
        ringway.awaitPort(adminPort).awaitPort(http2Port).awaitPort(autoPort).awaitPort(tlsPort);
        gauges = admin.firstGauges();
    }

    @AfterAll
    static void stop() throws Exception
    {
        try (Program program = ringway)
        {
            assertNotNull(program);
            admin.awaitNothingLeft(gauges);
        }
    }

    static Stream<Arguments> cases()
    {
        return Stream.of(GrpcTransport.values()).flatMap(
            transport -> CASES.keySet().stream().map(name -> Arguments.of(transport, name)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldPass(final GrpcTransport transport, final String name) throws Exception
    {
        run(new Calls(
            transport, transport == GrpcTransport.NETTY ? http2Port : autoPort, null, backendPort), name);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void shouldPassOnTls(final GrpcTransport transport, final String name) throws Exception
    {
        run(new Calls(transport, tlsPort, tls, backendPort), name);
    }

    private static void run(final Calls calls, final String name) throws Exception
    {
        calls.setUp();
        try
        {
            CASES.get(name).run(calls);
        }
        catch (final AssertionError e)
        {
            if (!isServersDeadline(e))
            {
                throw e;
            }
        }
        finally
        {
            calls.tearDown();
            // What is sent on a connection whose end is on its way is lost, and none of it may be sent twice.
            admin.awaitStat("cluster.grpc.upstream_cx_active", 0);
        }
    }

    /**
     * The server knows the client's deadline. When its clock is there first, it resets the stream, and the proxy tells the
     * client that its time is over in words that the library does not expect.
     */
    private static boolean isServersDeadline(final AssertionError error)
    {
        return String.valueOf(error.getMessage()).startsWith(
            "upstream connect error or disconnect/reset before headers. reset reason: remote reset");
    }

    @FunctionalInterface
    private interface Case
    {
        void run(Calls calls) throws Exception;
    }

    /** The library's cases, with a server of their own behind the proxy. */
    private static final class Calls extends AbstractInteropTest
    {
        private final GrpcTransport transport;
        private final int port;
        private final ChannelCredentials tls;
        private final int serverPort;

        private Calls(
            final GrpcTransport transport, final int port, final ChannelCredentials tls, final int serverPort)
        {
            this.tls = tls;
            this.transport = transport;
            this.port = port;
            this.serverPort = serverPort;
        }

        @Override
        protected ManagedChannelBuilder<?> createChannelBuilder()
        {
            return transport.channel(port, tls).maxInboundMessageSize(MAX_MESSAGE_SIZE);
        }

        @Override
        protected ServerBuilder<?> getServerBuilder()
        {
            return transport.server(serverPort).maxInboundMessageSize(MAX_MESSAGE_SIZE);
        }

        @Override
        protected int operationTimeoutMillis()
        {
            return Patience.MS;
        }

        /** The server of the case before may still be letting go of the port. */
        @Override
        protected void startServer(final ServerBuilder<?> builder)
        {
            final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(Patience.S);
            while (true)
            {
                try
                {
                    super.startServer(builder);
                    return;
                }
                catch (final RuntimeException ex)
                {
                    if (!(ex.getCause() instanceof BindException) || System.nanoTime() > deadlineNs)
                    {
                        throw ex;
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
                }
            }
        }

        @Override
        protected boolean metricsExpected()
        {
            return false;
        }

        private void pickFirstUnary()
        {
            final SimpleRequest request = SimpleRequest.newBuilder().setResponseSize(1)
                .setPayload(Payload.newBuilder().setBody(ByteString.copyFrom(new byte[1]))).build();
            for (int i = 0; i < 100; i++)
            {
                assertNotNull(blockingStub.unaryCall(request));
            }
        }
    }
}
