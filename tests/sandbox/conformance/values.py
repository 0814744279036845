"""What the OpenAPI file leaves open about values: what may be null, and which words a field may say (REFERENCE §8, §9).

The file calls everything nullable (§13.B6) and keeps enumerations in its prose (§13.E).
"""

from __future__ import annotations

NULLABLE: dict[str, str] = {
    "User": "default_hourly_rate cost_rate employee_id calendar_integration_source",  # §8.2; live keys, §13.C2
    "ProjectAssignment": "hourly_rate budget project.code",  # §8.3
    "PickedTaskAssignment": "hourly_rate budget",  # §8.3
    "BillableRate": "start_date end_date",  # §8.4
    "CostRate": "start_date end_date",  # §8.4
    "Client": "address",  # §8.7
    "Contact": "title",  # §8.7
    "Project": "code hourly_rate budget cost_budget over_budget_notification_date fee notes starts_on ends_on",  # §8.8
    "UserAssignment": "hourly_rate budget project.code",  # §8.9
    "TaskAssignment": "hourly_rate budget project.code",  # §8.9
    "EmbeddedUserAssignment": "hourly_rate budget",  # §8.11
    "EmbeddedTaskAssignment": "hourly_rate budget",  # §8.11
    "Task": "default_hourly_rate",  # §8.10
    "TimeEntry": (  # §8.11, §7.8
        "notes locked_reason timer_started_at started_time ended_time billable_rate cost_rate project.code invoice "
        "external_reference external_reference.account_id external_reference.service "
        "external_reference.service_icon_url"
    ),
    "Expense": "notes receipt invoice locked_reason project.code expense_category.unit_price expense_category.unit_name",
    "ExpenseCategory": "unit_name unit_price",  # §8.12
    "Invoice": (  # §8.13; the computed amounts are 0.0 where no percentage is set, as recorded
        "purchase_order subject notes tax tax2 discount period_start period_end sent_at paid_at closed_at paid_date "
        "recurring_invoice_id estimate retainer"
    ),
    "InvoiceLineItem": "description project project.code",  # §8.13
    "InvoiceMessage": "subject body event_type send_reminder_on",  # §8.13
    "InvoicePayment": "notes transaction_id payment_gateway.id payment_gateway.name",  # §8.13
    "Estimate": "purchase_order tax tax2 discount subject notes issue_date sent_at accepted_at declined_at",  # §8.14
    "EstimateLineItem": "description",  # §8.13, "like invoices"
    "EstimateMessage": "subject body event_type",  # §8.14
    "ProjectBudgetReportResult": "budget budget_spent budget_remaining",  # §9
    "PaginationLinks": "next previous",  # §4.1
}
IN_EVERY_LIST = "next_page previous_page page"  # §4.1; `page` too, in cursor mode (§13.B16)

TRACKED = "unsubmitted submitted approved"
WORDS: dict[str, str] = {
    "Company.week_start_day": "Saturday Sunday Monday",  # §8.1
    "Company.time_format": "decimal hours_minutes",  # §8.1
    "Company.clock": "12h 24h",  # §8.1
    "Company.currency_code_display": "iso_code_none iso_code_before iso_code_after",  # §8.1
    "Company.currency_symbol_display": "symbol_none symbol_before symbol_after",  # §8.1
    "Contact.invoice_recipient_status": "none recipient cc bcc",  # §8.7
    "Project.bill_by": "Project Tasks People none",  # §8.8
    "Project.budget_by": "project project_cost task task_fees person none",  # §8.8
    "TimeEntry.approval_status": TRACKED,  # §8.11
    "Expense.approval_status": TRACKED,  # §8.12
    "Invoice.state": "draft open paid closed",  # §8.13
    "Invoice.payment_options[]": "ach credit_card paypal",  # §8.13
    "InvoiceMessage.event_type": "send close re-open draft",  # §8.13
    "Estimate.state": "draft sent accepted declined",  # §8.14
    "EstimateMessage.event_type": "send accept decline re-open view invoice",  # §8.14
    "ProjectBudgetReportResult.budget_by": "project project_cost task task_fees person none",  # §9
    "User.access_roles[]": (  # §6.1
        "administrator manager member project_creator billable_rates_manager managed_projects_invoice_drafter "
        "managed_projects_invoice_manager client_and_task_manager time_and_expenses_manager estimates_manager "
        "people_manager"
    ),
}
PAYMENT_TERMS = ("upon receipt", "net 15", "net 30", "net 45", "net 60", "custom")  # §8.13
