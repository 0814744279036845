/** The shapes that the modules of the portal's frame pass to each other. */
declare namespace Portal {
  interface Parties {
    from: string | null;
    client: string | null;
  }
  interface View {
    kind: "invoices" | "estimates";
    show: string;
    opened: number | null;
    hasEstimates?: boolean;
  }
  interface Row {
    id: number;
    number: string | null;
    subject: string | null;
    status: string;
    currency: string;
    amount: string;
    issue_date: string | null;
    due_date?: string | null;
    paid_date?: string | null;
  }
  type Calls = ReturnType<typeof import("./frame/bearer-calls.js").bearerCalls>;
}
